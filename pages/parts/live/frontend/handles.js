// Handles on a figure: points that can be moved along one axis, or just be picked, by mouse, finger
// or keyboard. They are drawn over the figure, in its coordinates.

import { control } from "./core/channel.js";
import { formatNumber } from "./core/numbers.js";
import { division, svg } from "./page.js";
import { Steps } from "./core/steps.js";
import { drawnAxis, isDrawn } from "./plot_internals.js";

/** How much a tap's distance along a handle's way counts against that to its column or row. */
const ALONG = 1e-3;

/** Pixels that a hand may stray between taking hold and letting go for it to be a tap. */
const STRAY = 3;

/** Pixels between a handle and its name. */
const GAP = 6;

/** What the group of handles is called, by the axis along which they move. */
const NAMES = {
  x: "Handles: arrow keys move them, Delete puts them back",
  y: "Handles: arrow keys move them, Delete puts them back",
  nowhere: "Handles: arrow keys lead from one to the next, Enter picks one",
};

/** What a key does to a handle that moves along this axis: steps to move it by. */
const MOVES = {
  x: { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 },
  y: { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 },
  nowhere: {},
};

/** And where the other arrow keys lead. */
const LEADS = {
  x: { ArrowDown: -1, ArrowUp: 1 },
  y: { ArrowLeft: -1, ArrowRight: 1 },
  nowhere: { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 },
};

export class Handles {
  constructor(box, plot, key) {
    this.plot = plot;
    this.control = control(key);
    this.layer = svg("svg", { class: "live-handles", role: "group" });
    this.ground = svg("rect", { class: "ground" });
    this.ground.addEventListener("click", (event) => this.#tap(event));
    this.layer.append(this.ground);
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
    this.steps = new Steps(spec);
    this.control.send = send;
    this.layer.setAttribute("aria-label", NAMES[spec.along]);
    this.layer.dataset.along = spec.along;
    this.ground.style.display = spec.tap ? "" : "none";
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
    const group = svg("g", { class: "live-handle" });
    group.dataset.term = id;
    const dot = svg("circle", { class: "dot" });
    group.append(svg("circle", { class: "reach" }), dot);
    group.addEventListener("pointerdown", (event) => this.#grab(event));
    group.addEventListener("pointermove", (event) => this.#drag(event, id));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      group.addEventListener(end, () => this.#letGo());
    group.addEventListener("click", (event) => {
      if (this.spec.along === "nowhere") this.#pick(this.#nearest(event));
      else if (this.spec.tap && !this.dragged) this.#tapOn(this.#nearest(event), event);
    });
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
    const { handle } = this.drawn.get(id);
    return this.moved[id] ?? (this.spec.along === "x" ? handle.x : handle.y);
  }

  /** The nearest handle: where handles overlap, the topmost need not be the one that is meant. */
  #nearest({ clientX, clientY }, along = 1) {
    const box = this.layer.getBoundingClientRect();
    const axes = this.#axes();
    const weigh = { x: 1, y: 1, [this.spec.along]: along };
    const distance = (id) => {
      const { x, y } = this.#pixel(id, axes);
      return Math.hypot(weigh.x * (clientX - box.x - x), weigh.y * (clientY - box.y - y));
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
    const { x, y } = this.#pixel(id, this.#axes());
    this.grip = { id, left: event.clientX - x, top: event.clientY - y };
    this.dragged = false;
    this.start = { x: event.clientX, y: event.clientY };
  }

  #drag(event, id) {
    if (this.grip?.id !== id) return;
    const { x, y } = this.start;
    const strayed = Math.hypot(event.clientX - x, event.clientY - y);
    this.dragged ||= !this.spec.tap || strayed > STRAY;
    if (!this.dragged) return;
    const { across, up } = this.#axes();
    if (this.spec.along === "x") this.#moveTo(id, across.value(event.clientX - this.grip.left));
    if (this.spec.along === "y") this.#moveTo(id, up.value(event.clientY - this.grip.top));
  }

  /** Bring the nearest handle to a tapped place; a drag scrolls the page. */
  #tap(event) {
    // The bar that a tap is above, and not a higher one beside it.
    const id = this.#nearest(event, ALONG);
    this.drawn.get(id).group.focus({ preventScroll: true });
    if (this.spec.along === "nowhere") this.#pick(id);
    else this.#bring(id, event);
  }

  /** A tap on a handle says that it is right where it stands; one beside it brings it there. */
  #tapOn(id, event) {
    const { x, y, handle } = this.drawn.get(id);
    const box = this.layer.getBoundingClientRect();
    const away = Math.hypot(event.clientX - box.x - x, event.clientY - box.y - y);
    if (away > handle.radius) this.#bring(id, event);
    else this.#moveTo(id, this.#value(id));
  }

  #bring(id, { clientX, clientY }) {
    const { across, up } = this.#axes();
    const box = this.layer.getBoundingClientRect();
    if (this.spec.along === "x") this.#moveTo(id, across.value(clientX - box.x));
    if (this.spec.along === "y") this.#moveTo(id, up.value(clientY - box.y));
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
    const value = this.spec.along === "nowhere" ? "" : this.#text(id);
    this.name.textContent = `${handle.label} ${value}`.trim();
    // Above the handle, or below it at the top of the figure.
    const above = y - handle.radius - this.name.offsetHeight - GAP;
    const room = this.layer.clientWidth - this.name.offsetWidth;
    const left = Math.min(room, Math.max(0, x - this.name.offsetWidth / 2));
    this.name.style.left = `${left}px`;
    this.name.style.top = `${above < 0 ? y + handle.radius + GAP : above}px`;
  }

  /** The value of a handle with the decimals of a step. */
  #text(id) {
    return formatNumber(this.#value(id), { decimals: this.steps.decimals });
  }

  #key(event, id) {
    const { along, limits } = this.spec;
    const steps = MOVES[along][event.key];
    const sideways = LEADS[along][event.key];
    const moves = along !== "nowhere";
    if (steps !== undefined) this.#moveTo(id, this.steps.beside(this.#value(id), steps));
    else if (moves && event.key === "Home") this.#moveTo(id, limits[0]);
    else if (moves && event.key === "End") this.#moveTo(id, limits[1]);
    else if (moves && ["Delete", "Backspace"].includes(event.key)) this.#putBack(id);
    else if (sideways !== undefined) this.#focusBeside(id, sideways);
    else if (!moves && ["Enter", " "].includes(event.key)) this.#pick(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Tab stops at one handle only; arrow keys across the movement lead on to the others. */
  #focusBeside(id, direction) {
    const side = this.spec.along === "x" ? "y" : "x";
    const order = [...this.spec.handles].sort((a, b) => a[side] - b[side]).map(({ id: k }) => k);
    const next = order[(order.indexOf(id) + direction + order.length) % order.length];
    this.drawn.get(next).group.focus();
  }

  #select(id) {
    this.current = id;
    this.place();
    // What is to be picked is picked by a tap or by Enter, not by passing over it.
    if (this.spec.along !== "nowhere") this.#pick(id);
  }

  #pick(id) {
    if (this.selected === id) return;
    this.selected = id;
    this.place();
    this.#report();
  }

  #moveTo(id, value) {
    const next = this.steps.nearest(value);
    // A tap says something also where the handle stands already.
    const said = id in this.moved || !this.spec.tap;
    if (next === this.#value(id) && said) return;
    this.moved = { ...this.moved, [id]: next };
    this.#changed();
  }

  #putBack(id) {
    const { [id]: gone, ...rest } = this.moved;
    if (gone === undefined) return;
    this.moved = rest;
    const { handle } = this.drawn.get(id);
    handle[this.spec.along] = handle.home;
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
    const { handle } = this.drawn.get(id);
    const { along } = this.spec;
    return {
      x: across.pixel(along === "x" ? this.#value(id) : handle.x),
      y: up.pixel(along === "y" ? this.#value(id) : handle.y),
    };
  }

  /** Place every handle by the figure's present axes. Beyond them, it stays at their edge if they
   *  are about to grow or a hand holds it, and is hidden otherwise. */
  place() {
    if (!isDrawn(this.plot) || !this.spec) return;
    const axes = this.#axes();
    const { along, limits, tap, unit } = this.spec;
    if (tap) this.#layGround(axes);
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
      if (along === "nowhere") {
        group.setAttribute("role", "button");
        group.setAttribute("aria-pressed", id === this.selected);
        continue;
      }
      group.setAttribute("role", "slider");
      group.setAttribute("aria-orientation", along === "x" ? "horizontal" : "vertical");
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
      ...this.#places(shown),
      marker: {
        size: each(({ handle }) => 2 * handle.radius),
        color: shown.map((id) => (id in this.moved ? colour : background)),
        opacity: 1,
        line: { color: colour, width: 2 },
      },
    };
  }

  #places(ids) {
    const at = (axis) =>
      ids.map((id) => (axis === this.spec.along ? this.#value(id) : this.drawn.get(id).handle[axis]));
    return { x: at("x"), y: at("y") };
  }

  /** The part of the figure that can be tapped: its width between the axis's ends. */
  #layGround({ across }) {
    this.ground.setAttribute("x", across.start);
    this.ground.setAttribute("width", across.length);
    this.ground.setAttribute("height", "100%");
  }

  remove() {
    this.control.held = false;
    // Nobody will answer any more.
    this.control.forget();
    this.layer.remove();
    this.name.remove();
  }
}
