// Marks at the edge of a figure whose axes hold still while a hand moves: an arrow for everything
// that lies beyond, and the value of what lies farthest.

import { beyond, outermost } from "./core/edges.js";
import { formatNumber } from "./core/numbers.js";
import { drawnAxis } from "./plot_internals.js";
import { svg } from "./page.js";

/** Arrows nearer to each other than this, in pixels, are one. */
const NEAR = 20;

/** Where an arrow points, by axis and side. */
const TURNS = { x: { 1: 90, "-1": 270 }, y: { 1: 0, "-1": 180 } };

export class Edges {
  constructor(box, plot) {
    this.plot = plot;
    this.layer = svg("svg", { class: "live-edges" });
    this.layer.ariaHidden = "true";
    box.append(this.layer);
  }

  /** Mark what lies beyond the axes of these names: "xaxis", "yaxis". */
  draw(traces, names) {
    this.layer.replaceChildren(...names.flatMap((name) => this.#marks(traces, name[0])));
  }

  #marks(traces, axis) {
    const along = drawnAxis(this.plot, axis);
    const across = drawnAxis(this.plot, axis === "x" ? "y" : "x");
    const points = beyond(traces, axis, along.range);
    const at = (point) => {
      const edge = along.nearest(along.pixel(point.value));
      const place = across.nearest(across.pixel(point.across));
      return axis === "x" ? [edge, place] : [place, edge];
    };
    const arrows = new Map();
    for (const point of points) {
      const place = at(point);
      const key = `${point.side} ${place.map((pixel) => Math.round(pixel / NEAR))}`;
      if (!arrows.has(key)) arrows.set(key, arrow(place, TURNS[axis][point.side]));
    }
    const values = outermost(points).map((point) => label(at(point), axis, point));
    return [...arrows.values(), ...values];
  }
}

function arrow([x, y], turn) {
  const transform = `translate(${x},${y}) rotate(${turn})`;
  return svg("path", { d: "M0,0 L5,9 L-5,9 Z", transform });
}

/** The value, inside the figure behind its arrow. */
function label([x, y], axis, { value, side }) {
  const [dx, dy] = axis === "x" ? [-14 * side, 0] : [10, 18 * side];
  const anchor = axis === "y" || side < 0 ? "start" : "end";
  const text = svg("text", { x: x + dx, y: y + dy, "text-anchor": anchor });
  text.textContent = formatNumber(value, { decimals: null });
  return text;
}
