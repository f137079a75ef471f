// How the track of a slider maps to values. A position on the track is a number from 0 to 1.

import { decimalsOf } from "./numbers.js";

const CURVES = {
  linear: {
    value: (u, { min, max }) => min + u * (max - min),
    position: (v, { min, max }) => (v - min) / (max - min),
  },
  square: {
    value: (u, { min, max }) => min + u * u * (max - min),
    position: (v, { min, max }) => Math.sqrt((v - min) / (max - min)),
  },
  log: {
    value: (u, { min, max }) => min * (max / min) ** u,
    position: (v, { min, max }) => Math.log(v / min) / Math.log(max / min),
  },
  stops: {
    value: (u, { stops }) => {
      const last = stops.length - 2;
      const k = Math.min(Math.floor(u * (last + 1)), last);
      const share = u * (last + 1) - k;
      const [low, high] = [stops[k], stops[k + 1]];
      if (high === Infinity) return share >= 1 ? Infinity : low / (1 - share);
      return low + share * (high - low);
    },
    position: (v, { stops }) => {
      const above = stops.findIndex((stop) => stop > v);
      const k = (above < 0 ? stops.length - 1 : Math.max(above, 1)) - 1;
      const [low, high] = [stops[k], stops[k + 1]];
      const share = high === Infinity ? 1 - low / v : (v - low) / (high - low);
      return (k + share) / (stops.length - 1);
    },
  },
};

/** Notches of a curved track. A linear track has one for each step. */
const NOTCHES = 200;

/** Tolerance for rounding errors in a number of steps. */
const ALMOST = 1e-9;

export class Scale {
  constructor({ scale, min, max, step, format, stops, default: start }) {
    this.curve = CURVES[scale];
    this.stops = stops?.map(Number);
    this.range = { min: Number(min), max: Number(max), stops: this.stops };
    this.start = Number(start);
    const width = this.range.max - this.range.min;
    const linear = scale === "linear";
    this.step = step ?? (linear ? width / 100 : null); // null: any value
    if (format === "%d") this.step = Math.max(1, Math.round(this.step ?? 1));
    this.notches = NOTCHES;
    if (linear) this.notches = Math.max(1, Math.round(width / this.step));
    if (stops) this.notches = stops.length - 1;
  }

  /** The value at a notch, rounded to a step or else to three digits. */
  at(notch) {
    const value = this.stops?.[notch] ?? this.curve.value(notch / this.notches, this.range);
    // A stop at the default is the default itself, which need not be round.
    return value === this.start ? value : this.round(value);
  }

  notchOf(value) {
    return Math.round(this.curve.position(this.clamp(value), this.range) * this.notches);
  }

  /** The position of a value on the track. */
  share(value) {
    return this.curve.position(this.clamp(value), this.range);
  }

  /** The next value up (+1) or down (−1): the next step, or without steps the next notch. */
  beside(value, direction) {
    return this.step ? this.#stepBeside(value, direction) : this.#notchBeside(value, direction);
  }

  #stepBeside(value, direction) {
    const { min } = this.range;
    const steps = (value - min) / this.step;
    const next = direction > 0 ? Math.floor(steps + ALMOST) + 1 : Math.ceil(steps - ALMOST) - 1;
    return this.round(min + next * this.step);
  }

  /** Searches by value: neighbouring notches may round to the same value, and the notch nearest to
   *  a value may lie on either side of it. */
  #notchBeside(value, direction) {
    const isBeyond = (notch) => direction * (this.at(notch) - value) > 0;
    const [start, end] = direction > 0 ? [0, this.notches] : [this.notches, 0];
    let notch = this.notchOf(value);
    while (notch !== start && isBeyond(notch - direction)) notch -= direction;
    while (notch !== end && !isBeyond(notch)) notch += direction;
    return this.at(notch);
  }

  /** The value nearest to any number: within the ends, and on a step if there are steps. */
  nearest(value) {
    return this.step ? this.round(value) : this.clamp(value);
  }

  round(value) {
    if (!Number.isFinite(value)) return this.clamp(value);
    const { min } = this.range;
    const rounded = this.step
      ? min + Math.round((value - min) / this.step) * this.step
      : Number(value.toPrecision(3));
    return this.clamp(Number(rounded.toFixed(12)));
  }

  clamp(value) {
    return Math.min(this.range.max, Math.max(this.range.min, value));
  }

  /** Decimals needed to show every step; null for a scale without steps. */
  get decimals() {
    return this.step ? decimalsOf(this.step) : null;
  }
}
