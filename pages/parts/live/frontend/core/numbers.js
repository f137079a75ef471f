// Numbers as the page writes them and as people type them.

const MINUS = "\u2212";

/** A slider's value as text: by its format ("%d", "%.2f"), else with the decimals of its step. */
export function formatNumber(value, { format, decimals }) {
  return value === Infinity ? "∞" : digits(value, format, decimals).replace("-", MINUS);
}

function digits(value, format, decimals) {
  if (format === "%d") return value.toFixed(0);
  if (format) return value.toFixed(Number(/\.(\d+)f/.exec(format)[1]));
  if (decimals !== null) return value.toFixed(decimals);
  return String(Number(value.toPrecision(3)));
}

/** A number as people type it; NaN if it is none. */
export function parseNumber(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".");
  if (/^\+?(∞|inf(inity)?)$/i.test(plain)) return Infinity;
  return plain === "" ? NaN : Number(plain);
}
