// Clouds of points, drawn on a canvas behind the figure.
//
// plotly makes an element of the page for every marker: 30 ms for a thousand markers on every
// redraw. Its WebGL traces compile code at run time, which the page's security policy forbids.
// So plotly does what it is good at (axes, legend, hover over every point) and leaves the drawing
// to a canvas, which takes two milliseconds.

import {
  drawnAxis,
  drawnSize,
  drawnTraces,
  hasNoSymbols,
  hideLastSymbol,
  withoutSymbols,
} from "./plot_internals.js";

/** plotly draws up to this many points itself. */
const FEW = 60;

const TAU = 2 * Math.PI;

/** Symbols by plotly's name: each adds its outline of radius r around (x, y) to the path. */
const SYMBOLS = {
  circle: (path, x, y, r) => {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, TAU);
  },
  square: (path, x, y, r) => path.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  diamond: (path, x, y, r) => polygon(path, x, y, 1.25 * r, 4, 0),
  "triangle-up": (path, x, y, r) => polygon(path, x, y, 1.15 * r, 3, 0),
  "triangle-down": (path, x, y, r) => polygon(path, x, y, 1.15 * r, 3, 0.5),
};

function polygon(path, x, y, r, corners, turn) {
  for (let k = 0; k < corners; k += 1) {
    const angle = ((k + turn) / corners) * TAU;
    path[k ? "lineTo" : "moveTo"](x + r * Math.sin(angle), y - r * Math.cos(angle));
  }
  path.closePath();
}

function isCloud({ type = "scatter", mode, x, y, marker = {}, error_x, error_y }) {
  const shape = marker.symbol ?? "circle";
  return (
    type === "scatter" &&
    mode === "markers" &&
    x?.length === y?.length &&
    y?.length > FEW &&
    typeof (marker.size ?? 6) === "number" &&
    typeof shape === "string" &&
    shape.replace("-open", "") in SYMBOLS &&
    typeof marker.color !== "number" &&
    typeof marker.color?.[0] !== "number" &&
    !error_x &&
    !error_y
  );
}

/** The traces as plotly gets them: clouds keep their data and lose their symbols. */
export function withoutClouds(traces) {
  return traces.map((trace, index) => (isCloud(trace) ? withoutSymbols(trace, index) : trace));
}

export class Points {
  constructor(canvas, plot) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.plot = plot;
  }

  /** Draw the clouds of these traces that plotly shows, by its axes and default colours. */
  draw(traces) {
    const { width, height } = drawnSize(this.plot);
    const ratio = window.devicePixelRatio || 1;
    const { canvas, context } = this;
    const clouds = drawnTraces(this.plot)
      .filter((full) => full.visible === true && hasNoSymbols(full))
      .map((full) => ({ ...full, x: traces[full.index].x, y: traces[full.index].y }));
    for (const { uid } of clouds) hideLastSymbol(this.plot, uid);
    if (!this.#differs([width, height, ratio, ...clouds.flatMap((cloud) => this.#facts(cloud))]))
      return;
    const size = [width, height].map((side) => Math.round(side * ratio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    for (const cloud of clouds) this.#cloud(cloud);
  }

  /** Everything a cloud's picture depends on. */
  #facts({ x, y, xaxis, yaxis, marker, opacity }) {
    const axes = [xaxis, yaxis].map((name) => drawnAxis(this.plot, name));
    const places = axes.flatMap(({ start, length, range }) => [start, length, ...range]);
    return [x, y, opacity, JSON.stringify(marker), ...places];
  }

  #differs(facts) {
    const before = this.facts;
    this.facts = facts;
    return !before || facts.length !== before.length || facts.some((f, k) => f !== before[k]);
  }

  #cloud({ x, y, xaxis, yaxis, marker, opacity }) {
    const across = drawnAxis(this.plot, xaxis);
    const up = drawnAxis(this.plot, yaxis);
    const { context } = this;
    const symbol = marker.symbol.replace("-open", "");
    const open = symbol !== marker.symbol;
    const radius = marker.size / 2;
    const lineWidth = open ? Math.max(1, marker.line?.width ?? 1) : (marker.line?.width ?? 0);

    context.save();
    context.beginPath();
    context.rect(across.start, up.start, across.length, up.length);
    context.clip();
    context.globalAlpha = marker.opacity * opacity;
    context.lineWidth = lineWidth;
    const colours = Array.isArray(marker.color) ? marker.color : null;
    for (let i = 0; i < y.length; i += 1) {
      const left = across.pixel(x[i]);
      const top = up.pixel(y[i]);
      if (Number.isNaN(left + top)) continue;
      const colour = colours ? colours[i] : marker.color;
      context.beginPath();
      SYMBOLS[symbol](context, left, top, radius);
      if (!open) {
        context.fillStyle = colour;
        context.fill();
      }
      if (lineWidth) {
        context.strokeStyle = open ? colour : marker.line.color;
        context.stroke();
      }
    }
    context.restore();
  }
}
