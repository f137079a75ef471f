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
  const group = plot.querySelector(`.trace${uid}`);
  const across = plot._fullLayout[xaxis.replace("x", "xaxis")];
  const up = plot._fullLayout[yaxis.replace("y", "yaxis")];
  const place = (i) => [across.d2p(x[i]), up.d2p(y[i])];
  if (!group || !x || !y) return null;
  if (mode === "lines") return linesMove(group.querySelectorAll(".js-line"), place, x, y);
  if (mode !== "markers") return null;
  // Where nothing is cut off at the axes, plotly hides what lies beyond them one by one.
  const isSeen = ([left, top]) =>
    cliponaxis || (left >= 0 && left <= across._length && top >= 0 && top <= up._length);
  return markersMove(group.querySelectorAll(".point"), place, isSeen, x, y);
}

function write([left, top]) {
  return `${left.toFixed(2)},${top.toFixed(2)}`;
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
      paths[k].setAttribute("d", `M${stretch.map((i) => write(place(i))).join("L")}`),
    );
}

function markersMove(points, place, isSeen, x, y) {
  if (points.length !== y.length || x.some(Number.isNaN) || y.some(Number.isNaN)) return null;
  return () =>
    points.forEach((point, i) => {
      const at = place(i);
      point.setAttribute("transform", `translate(${write(at)})`);
      if (isSeen(at)) point.removeAttribute("display");
      else point.setAttribute("display", "none");
    });
}
