// New numbers in what plotly has drawn, put into its own elements.
//
// Between two pictures of a moving hand only the numbers differ. plotly then checks its settings,
// computes every trace anew and draws, 12 ms for a figure; to move its lines and symbols takes one.
// Its data are kept true; to compute with them it is told when the hand rests.

import { isDrawnHere } from "./points.js";

/** Move these traces to their new numbers; false, and nothing done, if elements do not match. */
export function moveStrokes(plot, traces, indices) {
  const moves = [];
  for (const index of indices) {
    const full = plot._fullData[index];
    if (full?.visible !== true || isDrawnHere(full)) continue;
    const move = full.type === "scatter" && preparedMove(plot, full, traces[index]);
    if (!move) return false;
    moves.push(move);
  }
  for (const move of moves) move();
  for (const k of indices) plot.data[k] = { ...plot.data[k], x: traces[k].x, y: traces[k].y };
  return true;
}

function preparedMove(plot, { uid, mode, xaxis, yaxis, cliponaxis }, { x, y }) {
  // Where nothing is cut off at the axes, plotly hides what lies beyond them one by one.
  if (cliponaxis === false) return null;
  const group = plot.querySelector(`.trace${uid}`);
  const place = placing(plot._fullLayout, xaxis, yaxis);
  if (!group || !x || !y) return null;
  if (mode === "lines") return linesMove(group.querySelectorAll(".js-line"), place, x, y);
  if (mode === "markers") return markersMove(group.querySelectorAll(".point"), place, x, y);
  return null;
}

/** From numbers to pixels of the trace's axes. */
function placing(layout, xaxis, yaxis) {
  const across = layout[xaxis.replace("x", "xaxis")];
  const up = layout[yaxis.replace("y", "yaxis")];
  return (x, y) => `${across.d2p(x).toFixed(2)},${up.d2p(y).toFixed(2)}`;
}

/** plotly has one path for each stretch between gaps, and none for a stretch out of sight. */
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
      paths[k].setAttribute("d", `M${stretch.map((i) => place(x[i], y[i])).join("L")}`),
    );
}

function markersMove(points, place, x, y) {
  if (points.length !== y.length || x.some(Number.isNaN) || y.some(Number.isNaN)) return null;
  return () =>
    points.forEach((point, i) => point.setAttribute("transform", `translate(${place(x[i], y[i])})`));
}
