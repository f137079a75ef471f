// The animation from one state of a figure to the next.

import { between } from "./arrays.js";

/** States with more numbers than this are not animated. */
const MOST_NUMBERS = 20000;

/** The arrays that differ between two lists of traces; none if they cannot be animated. */
export function movingArrays(from, to) {
  if (from.length !== to.length) return [];
  const moving = [];
  let numbers = 0;
  for (const [index, trace] of to.entries())
    for (const name of ["x", "y"]) {
      const a = from[index][name];
      const b = trace[name];
      if (!a || !b || a.length !== b.length || typeof b[0] === "string") continue;
      moving.push({ index, name, a, b });
      numbers += b.length;
    }
  return numbers > MOST_NUMBERS ? [] : moving;
}

/** The traces with their moving arrays part of the way along; share runs from 0 to 1. */
export function tracesAt(share, traces, moving) {
  const shown = traces.slice();
  for (const { index, name, a, b } of moving)
    shown[index] = { ...shown[index], [name]: between(a, b, share) };
  return shown;
}
