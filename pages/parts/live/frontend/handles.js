// Handles on a figure: points that can be moved up and down by mouse, finger or keyboard. They are
// drawn over the figure, in its coordinates.

import { control } from "./core/channel.js";
import { drawnAxis, isDrawn } from "./plot_internals.js";

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export class Handles {
  constructor(box, plot, key) {
    this.plot = plot;
    this.control = control(key);
    this.layer = svg("svg", { class: "live-handles", role: "group" });
    this.layer.setAttribute("aria-label", "Handles: arrow keys move them, Delete puts them back");
    this.drawn = new Map();
    this.moved = {};
    this.selected = null;
    box.append(this.layer);
  }

  update(spec, send, colour) {
    this.spec = spec;
    this.control.send = send;
    if (this.control.accepts(spec.number)) {
      this.moved = { ...spec.moved };
      this.selected = spec.selected;
    }
    this.layer.style.color = colour;
    const wanted = new Set(spec.handles.map(({ id }) => id));
    for (const [id, { group }] of this.drawn)
      if (!wanted.has(id)) {
        group.remove();
        this.drawn.delete(id);
      }
    for (const handle of spec.handles) {
      if (!this.drawn.has(handle.id)) this.drawn.set(handle.id, this.#draw(handle.id));
      this.drawn.get(handle.id).handle = handle;
    }
    if (!wanted.has(this.current)) this.current = spec.handles[0]?.id;
    this.place();
  }

  #draw(id) {
    const group = svg("g", { class: "live-handle", role: "slider" });
    group.setAttribute("aria-orientation", "vertical");
    group.append(svg("circle", { class: "reach" }), svg("circle", { r: 5, class: "dot" }));
    group.addEventListener("pointerdown", (event) => this.#grab(event));
    group.addEventListener("pointermove", (event) => this.#drag(event, id));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      group.addEventListener(end, () => this.#letGo());
    group.addEventListener("dblclick", (event) => this.#putBack(this.#nearest(event)));
    group.addEventListener("keydown", (event) => this.#key(event, id));
    group.addEventListener("focus", () => this.#select(id));
    this.layer.append(group);
    return { group };
  }

  /** The value a handle shows now: where it was moved to, or else where the figure has it. */
  #value(id) {
    return this.moved[id] ?? this.drawn.get(id).handle.y;
  }

  /** The nearest handle: where handles overlap, the topmost need not be the one that is meant. */
  #nearest({ clientX, clientY }) {
    const box = this.layer.getBoundingClientRect();
    const axes = this.#axes();
    const distance = (id) => {
      const { x, y } = this.#pixel(id, axes);
      return Math.hypot(clientX - box.x - x, clientY - box.y - y);
    };
    const shown = [...this.drawn.keys()].filter(
      (id) => this.drawn.get(id).group.style.display !== "none",
    );
    return shown.reduce((best, id) => (distance(id) < distance(best) ? id : best));
  }

  #grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const id = this.#nearest(event);
    const { group } = this.drawn.get(id);
    group.setPointerCapture(event.pointerId);
    group.focus({ preventScroll: true });
    this.control.held = true;
    // Keep the distance between handle and finger, so that a touch does not make it jump.
    this.grip = { id, offset: event.clientY - this.#pixel(id, this.#axes()).y };
  }

  #drag(event, id) {
    if (this.grip?.id !== id) return;
    this.#moveTo(id, this.#axes().up.value(event.clientY - this.grip.offset));
  }

  #letGo() {
    this.grip = undefined;
    this.control.held = false;
  }

  #key(event, id) {
    const { step, limits } = this.spec;
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (steps !== undefined) this.#moveTo(id, this.#value(id) + steps * step);
    else if (event.key === "Home") this.#moveTo(id, limits[0]);
    else if (event.key === "End") this.#moveTo(id, limits[1]);
    else if (["Delete", "Backspace"].includes(event.key)) this.#putBack(id);
    else if (sideways !== undefined) this.#focusBeside(id, sideways);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Tab stops at one handle only; the left and right arrow keys lead on to the others. */
  #focusBeside(id, direction) {
    const order = [...this.spec.handles].sort((a, b) => a.x - b.x).map((handle) => handle.id);
    const next = order[(order.indexOf(id) + direction + order.length) % order.length];
    this.drawn.get(next).group.focus();
  }

  #select(id) {
    this.current = id;
    this.place();
    if (this.selected === id) return;
    this.selected = id;
    this.#report();
  }

  #moveTo(id, value) {
    const [low, high] = this.spec.limits;
    const { step } = this.spec;
    const round = Math.round(value / step) * step;
    const next = Number(Math.min(high, Math.max(low, round)).toFixed(12));
    if (next === this.#value(id)) return;
    this.moved = { ...this.moved, [id]: next };
    this.#changed();
  }

  #putBack(id) {
    const { [id]: gone, ...rest } = this.moved;
    if (gone === undefined) return;
    this.moved = rest;
    this.drawn.get(id).handle.y = this.drawn.get(id).handle.home;
    this.#changed();
  }

  #changed() {
    this.place();
    this.control.move(this.moved);
    this.#report();
  }

  #report() {
    this.control.report({ moved: this.moved, selected: this.selected });
  }

  #axes() {
    return { across: drawnAxis(this.plot, "x"), up: drawnAxis(this.plot, "y") };
  }

  #pixel(id, { across, up }) {
    return { x: across.pixel(this.drawn.get(id).handle.x), y: up.pixel(this.#value(id)) };
  }

  /** Place every handle by the figure's present axes. */
  place() {
    if (!isDrawn(this.plot) || !this.spec) return;
    const axes = this.#axes();
    const [low, high] = this.spec.limits;
    for (const [id, { group, handle }] of this.drawn) {
      const { x, y } = this.#pixel(id, axes);
      const seen = axes.across.covers(x) && axes.up.covers(y);
      group.style.display = seen || this.grip?.id === id ? "" : "none";
      group.setAttribute("transform", `translate(${x},${y})`);
      group.setAttribute("tabindex", id === this.current ? 0 : -1);
      group.classList.toggle("moved", id in this.moved);
      group.classList.toggle("selected", id === this.selected);
      group.setAttribute("aria-label", handle.label);
      group.setAttribute("aria-valuemin", low);
      group.setAttribute("aria-valuemax", high);
      group.setAttribute("aria-valuenow", Number(this.#value(id).toPrecision(6)));
    }
  }

  remove() {
    this.control.held = false;
    this.layer.remove();
  }
}
