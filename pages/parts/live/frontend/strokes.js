// New numbers for the lines and symbols that plotly has drawn, put into its own elements.
//
// From one picture of a moving hand to the next only the numbers differ. plotly would check its
// settings, compute every trace anew and draw: 12 ms for a figure. Moving its lines and symbols
// takes 1 ms. The data it was given are kept up to date; it computes with them when the hand rests.

import {
  drawnAxis,
  drawnTraces,
  hasNoSymbols,
  linePaths,
  putNumbers,
  symbols,
} from "./plot_internals.js";

/** Move these traces to their new numbers. If elements do not match, do nothing: false. */
export function moveStrokes(plot, traces, indices) {
  const moves = [];
  for (const index of indices) {
    const full = drawnTraces(plot)[index];
    if (full?.visible !== true || hasNoSymbols(full)) continue;
    const move = full.type === "scatter" && preparedMove(plot, full, traces[index]);
    if (!move) return false;
    moves.push(move);
  }
  for (const move of moves) move();
  for (const k of indices) putNumbers(plot, k, traces[k]);
  return true;
}

function preparedMove(plot, { uid, mode, xaxis, yaxis, cliponaxis }, { x, y }) {
  if (!x || !y) return null;
  const across = drawnAxis(plot, xaxis);
  const up = drawnAxis(plot, yaxis);
  const place = (i) => [across.inside(x[i]), up.inside(y[i])];
  if (mode === "lines") return linesMove(linePaths(plot, uid), place, x, y);
  if (mode !== "markers") return null;
  // With clipping at the axes switched off, plotly hides each symbol that lies beyond them.
  const isSeen = ([left, top]) =>
    cliponaxis || (left >= 0 && left <= across.length && top >= 0 && top <= up.length);
  return markersMove(symbols(plot, uid), place, isSeen, x, y);
}

/** A place as the attributes of SVG have it. */
function coordinates([left, top]) {
  return `${left.toFixed(2)},${top.toFixed(2)}`;
}

/** plotly draws one path for each stretch between gaps, and none for a stretch out of sight. */
function linesMove(paths, place, x, y) {
  const stretches = [[]];
  for (let i = 0; i < y.length; i += 1) {
    if (Number.isNaN(x[i]) || Number.isNaN(y[i])) stretches.push([]);
    else stretches.at(-1).push(i);
  }
  const drawn = stretches.filter((stretch) => stretch.length > 1);
  if (drawn.length !== paths.length) return null;
  return () =>
    drawn.forEach((stretch, k) =>
      paths[k].setAttribute("d", `M${stretch.map((i) => coordinates(place(i))).join("L")}`),
    );
}

function markersMove(points, place, isSeen, x, y) {
  if (points.length !== y.length || x.some(Number.isNaN) || y.some(Number.isNaN)) return null;
  return () =>
    points.forEach((point, i) => {
      const at = place(i);
      point.setAttribute("transform", `translate(${coordinates(at)})`);
      if (isSeen(at)) point.removeAttribute("display");
      else point.setAttribute("display", "none");
    });
}
