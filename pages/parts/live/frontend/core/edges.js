// What lies beyond an axis that holds still.

/** The points of these traces beyond the limits of one axis, as {value, across, side}: `across` is
 *  the value on the other axis, `side` is 1 beyond the upper limit and −1 beyond the lower. */
export function beyond(traces, axis, [low, high]) {
  const other = axis === "x" ? "y" : "x";
  const found = [];
  for (const trace of traces) {
    const values = trace[axis] ?? [];
    for (let i = 0; i < values.length; i += 1) {
      const side = values[i] > high ? 1 : values[i] < low ? -1 : 0;
      if (side) found.push({ value: values[i], across: trace[other][i], side });
    }
  }
  return found;
}

/** Of such points the outermost on each side. */
export function outermost(points) {
  return [1, -1].flatMap((side) => {
    const here = points.filter((point) => point.side === side);
    const farther = (a, b) => (side * b.value > side * a.value ? b : a);
    return here.length ? [here.reduce(farther)] : [];
  });
}
