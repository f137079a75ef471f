// How a slider's track maps to values. A position is a number from 0 to 1.

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
  odds: {
    value: (u, { middle }) => (u >= 1 ? Infinity : (middle * u) / (1 - u)),
    position: (v, { middle }) => (v === Infinity ? 1 : v / (middle + v)),
  },
};

/** Notches of a curved track. A linear track has one per step. */
const NOTCHES = 200;

export class Scale {
  constructor({ scale, min, max, step, default: middle }) {
    this.curve = CURVES[scale];
    this.range = { min: Number(min), max: Number(max), middle: Number(middle) };
    this.linear = scale === "linear";
    this.step = step ?? (this.linear ? (this.range.max - this.range.min) / 100 : null);
    this.notches = this.linear
      ? Math.max(1, Math.round((this.range.max - this.range.min) / this.step))
      : NOTCHES;
  }

  /** The value at a notch, as round as the step asks. */
  at(notch) {
    return this.round(this.curve.value(notch / this.notches, this.range));
  }

  notchOf(value) {
    return Math.round(this.curve.position(this.clamp(value), this.range) * this.notches);
  }

  /** Where the value stands between the ends, 0 to 1. */
  share(value) {
    return this.curve.position(this.clamp(value), this.range);
  }

  /** The value of the next notch that differs, up (+1) or down (−1). */
  beside(value, direction) {
    let notch = this.notchOf(value);
    do notch += direction;
    while (notch > 0 && notch < this.notches && this.at(notch) === value);
    return this.at(Math.min(this.notches, Math.max(0, notch)));
  }

  round(value) {
    if (!Number.isFinite(value)) return value;
    const { min } = this.range;
    const rounded = this.step
      ? min + Math.round((value - min) / this.step) * this.step
      : Number(value.toPrecision(3));
    return this.clamp(Number(rounded.toFixed(12)));
  }

  clamp(value) {
    return Math.min(this.range.max, Math.max(this.range.min, value));
  }

  /** Decimals that show every step; none for a scale without steps. */
  get decimals() {
    if (!this.step) return null;
    const text = String(Number(this.step.toPrecision(6)));
    const exponent = /e-(\d+)$/.exec(text);
    return exponent ? Number(exponent[1]) : (text.split(".")[1] ?? "").length;
  }
}
