// A family of curves over the values of one control, interpolated between them.

import { between, decodeArray } from "./arrays.js";

export class Frames {
  /** Takes {slider, values, traces: {index: {attribute: rows}}} with encoded arrays. */
  constructor({ slider, values, traces }) {
    this.slider = slider;
    this.values = Array.isArray(values) ? values : decodeArray(values);
    this.traces = Object.entries(traces).map(([index, attributes]) => ({
      index: Number(index),
      attributes: Object.entries(attributes).map(([name, rows]) => ({
        name,
        numbers: decodeArray(rows),
        points: Number(rows.shape.split(",")[1]),
      })),
    }));
  }

  /** What each trace shows at this value: [{index, attribute: numbers, …}, …]. */
  at(value) {
    const { row, share } = this.#place(value);
    return this.traces.map(({ index, attributes }) => {
      const shown = { index };
      for (const { name, numbers, points } of attributes) {
        const slice = (k) => numbers.subarray(k * points, (k + 1) * points);
        shown[name] = share === 0 ? slice(row) : between(slice(row), slice(row + 1), share);
      }
      return shown;
    });
  }

  #place(value) {
    const { values } = this;
    const last = values.length - 1;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[middle] <= value) low = middle;
      else high = middle;
    }
    if (value <= values[low]) return { row: low, share: 0 };
    if (value >= values[high]) return { row: high, share: 0 };
    if (values[high] === Infinity) return { row: low, share: 0 };
    return { row: low, share: (value - values[low]) / (values[high] - values[low]) };
  }
}
