// Arrays of numbers: decoding what the server sends, and interpolating between two arrays.

const TYPES = {
  f4: Float32Array,
  f8: Float64Array,
  i4: Int32Array,
  i2: Int16Array,
  u1: Uint8Array,
};

/** The typed array encoded in plotly's {dtype, bdata}. */
export function decodeArray({ dtype, bdata }) {
  const text = atob(bdata);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new TYPES[dtype](bytes.buffer);
}

/** A copy with every encoded one-dimensional array decoded. */
export function decode(value) {
  if (Array.isArray(value))
    return typeof value[0] === "object" && value[0] !== null ? value.map(decode) : value;
  if (value === null || typeof value !== "object") return value;
  if (value.bdata !== undefined) return value.shape ? value : decodeArray(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
}

/** Interpolates from a (share 0) to b (share 1); the gaps (NaN) are those of b. */
export function between(a, b, share) {
  const out = new Float64Array(b.length);
  for (let i = 0; i < b.length; i += 1) {
    const step = b[i] - a[i];
    out[i] = Number.isNaN(step) ? b[i] : a[i] + step * share;
  }
  return out;
}
