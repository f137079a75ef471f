// Every private name of plotly.js that the front end leans on.
//
// Nothing here is documented by plotly, so any release may change it. Each function says what it
// reads and what happens once that is gone. Where the page could then not go on, `isReadable`
// says so after the first drawing, and the page falls back to Streamlit's own charts.

import { axisName } from "./core/layout.js";

/** Leans on `_fullLayout`, which plotly puts on the plot when it first draws it. Without it the
 *  plot counts as not yet drawn, and `isReadable` fails. */
export function isDrawn(plot) {
  return plot._fullLayout !== undefined;
}

/** Whether a drawn plot has what cannot be done without: its size, its traces, and axes that
 *  convert values to pixels and back. */
export function isReadable(plot) {
  const { width, height } = plot._fullLayout ?? {};
  return (
    Number.isFinite(width) &&
    Number.isFinite(height) &&
    Array.isArray(plot._fullData) &&
    plot._fullData
      .filter(({ visible }) => visible === true)
      .flatMap(({ xaxis, yaxis }) => [xaxis, yaxis])
      .every((name) => isReadableAxis(plot._fullLayout[axisName(name ?? "")]))
  );
}

function isReadableAxis({ _offset, _length, d2p, p2d, range } = {}) {
  return (
    [_offset, _length].every(Number.isFinite) &&
    [d2p, p2d].every((convert) => typeof convert === "function") &&
    Array.isArray(range)
  );
}

/** The drawing's width and height in pixels. Leans on `_fullLayout`, as `isDrawn` does. */
export function drawnSize(plot) {
  const { width, height } = plot._fullLayout;
  return { width, height };
}

/** An axis as plotly has drawn it: "x", "y2". */
export function drawnAxis(plot, axis) {
  return new DrawnAxis(plot._fullLayout[axisName(axis)]);
}

/** Leans on an axis's `_offset`, `_length`, `d2p` and `p2d`. Without them nothing can be placed
 *  over the drawing; `isReadable` notices. */
class DrawnAxis {
  constructor(axis) {
    this.axis = axis;
  }

  /** The first pixel of the axis, from the left or top edge of the plot. */
  get start() {
    return this.axis._offset;
  }

  /** In pixels. */
  get length() {
    return this.axis._length;
  }

  /** The values at its ends. */
  get range() {
    return this.axis.range;
  }

  /** Where a value stands, in pixels from the plot's edge. */
  pixel(value) {
    return this.axis._offset + this.axis.d2p(value);
  }

  /** Where a value stands, in pixels from the start of the axis. */
  inside(value) {
    return this.axis.d2p(value);
  }

  /** The value at a pixel counted from the plot's edge. */
  value(pixel) {
    return this.axis.p2d(pixel - this.axis._offset);
  }

  /** Whether a pixel counted from the plot's edge lies on the axis. */
  covers(pixel) {
    return pixel >= this.start && pixel <= this.start + this.length;
  }

  /** The pixel on the axis that is nearest to any pixel, counted from the plot's edge. */
  nearest(pixel) {
    return Math.min(this.start + this.length, Math.max(this.start, pixel));
  }
}

/** The traces with plotly's defaults and colours filled in. Leans on `_fullData`; `isReadable`
 *  notices if it is gone. */
export function drawnTraces(plot) {
  return plot._fullData;
}

/** Replace a trace's numbers in `data`, the list plotly was given, without telling plotly. Leans on
 *  plotly keeping that very list. If it kept a copy, a zoom while the hand moves would draw old
 *  numbers until the hand rests. */
export function putNumbers(plot, index, { x, y }) {
  plot.data[index] = { ...plot.data[index], x, y };
}

/** The paths of a trace's lines, one for each stretch between gaps. Leans on the classes
 *  `trace<uid>` and `js-line`. Without them there are none, and plotly redraws the figure itself,
 *  which is slower. */
export function linePaths(plot, uid) {
  return partsOf(plot, uid, ".js-line");
}

/** The symbols of a trace, one for each point. Leans on the classes `trace<uid>` and `point`;
 *  without them plotly redraws the figure, as for `linePaths`. */
export function symbols(plot, uid) {
  return partsOf(plot, uid, ".point");
}

function partsOf(plot, uid, selector) {
  return plot.querySelector(`.trace${uid}`)?.querySelectorAll(selector) ?? [];
}

/** What a scatter trace is drawn as. Leans on the class `trace<uid>`; without it a figure does not
 *  light up. */
export function traceGroup(plot, uid) {
  return plot.querySelector(`.trace${uid}`);
}

/** The trace as plotly gets it if its points are drawn elsewhere; hover, legend and ranges still
 *  know every point. Leans on `maxdisplayed`, meant for thinning out: if plotly ignored it, all
 *  symbols would be drawn and then hidden, which is slow. Leans on plotly keeping the `uid`, by
 *  which `hasNoSymbols` knows the trace again: otherwise only one point would be seen. */
export function withoutSymbols(trace, index) {
  return { ...trace, uid: `cloud${index}`, marker: { ...trace.marker, maxdisplayed: 1 } };
}

/** The trace as plotly draws it by itself: undoes `withoutSymbols`. */
export function withSymbols(trace) {
  return hasNoSymbols(trace) ? { ...trace, marker: { ...trace.marker, maxdisplayed: 0 } } : trace;
}

/** Whether a trace has been through `withoutSymbols`. */
export function hasNoSymbols({ uid }) {
  return /^cloud/.test(uid);
}

/** The trace with a space for every empty name. Plotly takes the node of an empty text out of the
 *  drawing and does not put one back when the text is there again. */
export function withNamesKept(trace) {
  const { mode = "", text } = trace;
  if (!mode.includes("text") || !Array.isArray(text)) return trace;
  return { ...trace, text: text.map((name) => name || " ") };
}

/** Hide the one symbol that plotly draws in spite of `withoutSymbols`. Leans on the classes
 *  `trace<uid>` and `points`. Without them one point of the cloud is drawn twice. */
export function hideLastSymbol(plot, uid) {
  const points = plot.querySelector(`.trace${uid} .points`);
  if (points) points.style.display = "none";
}

/** Tick labels one by one are noise to a screen reader; name and words say what is shown. Leans on
 *  the class `main-svg`. Without it a screen reader reads the labels. */
export function hideFromReaders(plot) {
  for (const svg of plot.querySelectorAll(".main-svg")) svg.ariaHidden = "true";
}

/** The buttons of the drawing. Leans on the class `modebar-btn`; without it each button is a stop
 *  of the Tab key. */
export function buttons(plot) {
  return [...plot.querySelectorAll(".modebar-btn")];
}
