// Handles on a figure: points that can be moved up and down by mouse, finger or keyboard. They are
// drawn over the figure, in its coordinates.

import { control } from "./core/channel.js";
import { decimalsOf, formatNumber } from "./core/numbers.js";
import { division, svg } from "./page.js";
import { drawnAxis, isDrawn } from "./plot_internals.js";

/** Pixels between a handle and its name. */
const GAP = 6;

export class Handles {
  constructor(box, plot, key) {
    this.plot = plot;
    this.control = control(key);
    this.layer = svg("svg", { class: "live-handles", role: "group" });
    this.layer.setAttribute("aria-label", "Handles: arrow keys move them, Delete puts them back");
    this.name = division("live-handle-name");
    this.name.ariaHidden = "true"; // every handle says its name itself
    this.name.hidden = true;
    this.drawn = new Map();
    this.moved = {};
    this.selected = null;
    this.stayAtEdge = false;
    // Before the figure, and so before its buttons in the order of Tab; over it all the same.
    box.prepend(this.layer);
    box.append(this.name);
  }

  update(spec, send, colour) {
    this.spec = spec;
    this.control.send = send;
    if (this.control.accepts(spec.number)) {
      this.moved = { ...spec.moved };
      this.selected = spec.selected;
    }
    this.colour = colour;
    this.layer.style.color = colour;
    const wanted = new Set(spec.handles.map(({ id }) => id));
    for (const [id, { group }] of this.drawn)
      if (!wanted.has(id)) {
        group.remove();
        this.drawn.delete(id);
      }
    for (const handle of spec.handles) {
      if (!this.drawn.has(handle.id)) this.drawn.set(handle.id, this.#draw(handle.id));
      const drawn = this.drawn.get(handle.id);
      drawn.handle = handle;
      drawn.dot.setAttribute("r", handle.radius);
    }
    if (!wanted.has(this.current)) this.current = spec.handles[0]?.id;
    this.place();
  }

  #draw(id) {
    const group = svg("g", { class: "live-handle", role: "slider" });
    group.dataset.term = id;
    group.setAttribute("aria-orientation", "vertical");
    const dot = svg("circle", { class: "dot" });
    group.append(svg("circle", { class: "reach" }), dot);
    group.addEventListener("pointerdown", (event) => this.#grab(event));
    group.addEventListener("pointermove", (event) => this.#drag(event, id));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      group.addEventListener(end, () => this.#letGo());
    group.addEventListener("dblclick", (event) => this.#putBack(this.#nearest(event)));
    group.addEventListener("keydown", (event) => this.#key(event, id));
    group.addEventListener("focus", () => this.#select(id));
    group.addEventListener("blur", () => this.#showName());
    group.addEventListener("pointermove", (event) => this.#pointAt(this.#nearest(event)));
    group.addEventListener("pointerleave", () => this.#pointAt(undefined));
    this.layer.append(group);
    return { group, dot };
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

  #pointAt(id) {
    if (this.pointed === id) return;
    this.pointed = id;
    this.#showName();
  }

  /** Say beside the handle in the hand, under the pointer or in focus what it is, and its value. */
  #showName() {
    const focused = [...this.drawn.keys()].find(
      (id) => this.drawn.get(id).group === document.activeElement,
    );
    const id = this.grip?.id ?? (this.drawn.has(this.pointed) ? this.pointed : focused);
    this.name.hidden = id === undefined;
    if (id === undefined) return;
    const { handle, x, y } = this.drawn.get(id);
    this.name.textContent = `${handle.label} ${this.#text(id)}`;
    // Above the handle, or below it at the top of the figure.
    const above = y - handle.radius - this.name.offsetHeight - GAP;
    const room = this.layer.clientWidth - this.name.offsetWidth;
    const left = Math.min(room, Math.max(0, x - this.name.offsetWidth / 2));
    this.name.style.left = `${left}px`;
    this.name.style.top = `${above < 0 ? y + handle.radius + GAP : above}px`;
  }

  /** The value of a handle with the decimals of a step. */
  #text(id) {
    const { step } = this.spec;
    return formatNumber(this.#value(id), { decimals: decimalsOf(step) });
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

  /** Place every handle by the figure's present axes. Beyond them, it stays at their edge if they
   *  are about to grow or a hand holds it, and is hidden otherwise. */
  place() {
    if (!isDrawn(this.plot) || !this.spec) return;
    const axes = this.#axes();
    const { limits, unit } = this.spec;
    for (const [id, drawn] of this.drawn) {
      const { group, handle } = drawn;
      const { x, y } = this.#pixel(id, axes);
      drawn.x = x;
      drawn.y = axes.up.nearest(y);
      const seen = axes.up.covers(y) || this.stayAtEdge || this.grip?.id === id;
      group.style.display = seen && axes.across.covers(x) ? "" : "none";
      group.setAttribute("transform", `translate(${drawn.x},${drawn.y})`);
      group.setAttribute("tabindex", id === this.current ? 0 : -1);
      group.classList.toggle("moved", id in this.moved);
      group.classList.toggle("selected", id === this.selected);
      group.setAttribute("aria-label", handle.label);
      group.setAttribute("aria-valuemin", limits[0]);
      group.setAttribute("aria-valuemax", limits[1]);
      group.setAttribute("aria-valuenow", Number(this.#value(id).toPrecision(6)));
      group.setAttribute("aria-valuetext", `${this.#text(id)} ${unit}`.trim());
    }
    this.#showName();
  }

  /** The handles as a trace, for a picture of the figure. */
  trace(background) {
    const { colour } = this;
    const shown = [...this.drawn.keys()];
    const each = (read) => shown.map((id) => read(this.drawn.get(id)));
    return {
      type: "scatter",
      mode: "markers",
      showlegend: false,
      x: each(({ handle }) => handle.x),
      y: shown.map((id) => this.#value(id)),
      marker: {
        size: each(({ handle }) => 2 * handle.radius),
        color: shown.map((id) => (id in this.moved ? colour : background)),
        opacity: 1,
        line: { color: colour, width: 2 },
      },
    };
  }

  remove() {
    this.control.held = false;
    this.layer.remove();
    this.name.remove();
  }
}
