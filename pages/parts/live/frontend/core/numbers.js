// Numbers as the page writes them and as people type them.

const MINUS = "\u2212";

/** Hyphens and dashes people type, or paste, for a minus sign. */
const MINUS_SIGNS = /^[-\u2010-\u2013\u2212\uFE63\uFF0D]/;

/** Notations of a number without its sign; the first one that fits counts. */
const NOTATIONS = [
  // 1,234 and 1,234.5, as the app writes them. Groups never begin with 0, so 0,250 is a fraction.
  /^(?<whole>[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?<fraction>\d*))?$/,
  // 1 234 and 1 234,5
  /^(?<whole>[1-9]\d{0,2}(?:\s\d{3})+)(?:[.,](?<fraction>\d*))?$/,
  // 1.234,5 and 1.234.567; a single dot with nothing behind it is a decimal point.
  /^(?<whole>[1-9]\d{0,2}(?:\.\d{3})+),(?<fraction>\d*)$/,
  /^(?<whole>[1-9]\d{0,2}(?:\.\d{3}){2,})$/,
  // 1.5, 1,5 and 1.5e-3, also with the true minus sign that the app writes there.
  /^(?<whole>\d*)(?:[.,](?<fraction>\d*))?(?<exponent>e[-+\u2212]?\d+)?$/i,
];

/** A slider's value as text: by its format ("%d", "%.2f"), else with the decimals of its step. */
export function formatNumber(value, { format, decimals }) {
  if (value === Infinity) return "∞";
  const text = digits(value, format, decimals);
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

function digits(value, format, decimals) {
  if (format === "%d") return value.toFixed(0);
  if (format) return value.toFixed(Number(/\.(\d+)f/.exec(format)[1]));
  if (decimals !== null) return value.toFixed(decimals);
  return String(Number(value.toPrecision(3)));
}

/** Decimals needed to show every multiple of a step. */
export function decimalsOf(step) {
  const text = String(Number(step.toPrecision(6)));
  const exponent = /e-(\d+)$/.exec(text);
  return exponent ? Number(exponent[1]) : (text.split(".")[1] ?? "").length;
}

/** A number as people type it, with a decimal point or comma and any thousands separators;
 *  NaN if it is none. */
export function parseNumber(text) {
  const typed = text.trim();
  const negative = MINUS_SIGNS.test(typed);
  const unsigned = negative || typed.startsWith("+") ? typed.slice(1).trimStart() : typed;
  if (!negative && /^(∞|inf|infinity)$/i.test(unsigned)) return Infinity;
  const parts = NOTATIONS.map((notation) => notation.exec(unsigned)?.groups).find(Boolean);
  if (!parts) return NaN;
  const { whole, fraction = "", exponent = "" } = parts;
  // Without any digit this is ".", which is no number.
  const value = Number(`${whole.replace(/\D/g, "")}.${fraction}${exponent.replace(MINUS, "-")}`);
  return negative ? -value : value;
}
