// What a key press, or a hand, does to the value of a handle.

import { decimalsOf } from "./numbers.js";

/** Values between two limits, a step apart; on a logarithmic axis the step is a factor. */
export class Steps {
  constructor({ limits, step, log }) {
    [this.low, this.high] = limits;
    this.step = step;
    this.log = log;
  }

  /** The allowed value nearest to any number; on a logarithmic axis one of three digits. */
  nearest(value) {
    const round = this.log
      ? Number(value.toPrecision(3))
      : Math.round(value / this.step) * this.step;
    return Number(Math.min(this.high, Math.max(this.low, round)).toFixed(12));
  }

  /** The value so many steps up, or down if there are fewer than none. */
  beside(value, steps) {
    const moved = this.log ? value * this.step ** steps : value + steps * this.step;
    return this.nearest(moved);
  }

  /** Decimals in which to write a value; none are set where values have three digits. */
  get decimals() {
    return this.log ? null : decimalsOf(this.step);
  }
}
