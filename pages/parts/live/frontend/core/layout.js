// Figures as plain data: their axes, their colours, their layout on top of the page's theme.

/** The layout's name of an axis: "xaxis2" for the "x2" a trace has. */
export function axisName(axis) {
  return axis.replace(/^[xy]/, "$&axis");
}

/** Whether new numbers leave the axes as they are. */
export function hasFixedAxes(layout, traces) {
  return traces.every(({ xaxis = "x", yaxis = "y" }) =>
    [xaxis, yaxis].every((axis) => layout[axisName(axis)]?.range),
  );
}

/** The layout, with the base beneath it and beneath each of its axes. */
export function themedLayout(layout, base) {
  const { axis, ...rest } = base;
  const merged = merge(rest, layout);
  for (const name of new Set(["xaxis", "yaxis", ...Object.keys(layout)]))
    if (/^[xy]axis\d*$/.test(name)) merged[name] = merge(axis, layout[name] ?? {});
  return merged;
}

function isPlain(value) {
  return value !== null && typeof value === "object" && value.constructor === Object;
}

function merge(under, over) {
  const merged = { ...under };
  for (const [name, value] of Object.entries(over))
    merged[name] = isPlain(value) && isPlain(under[name]) ? merge(under[name], value) : value;
  return merged;
}

/** `light-dark(a, b)`; either colour may itself be written with brackets: rgba(0, 0, 0, 0.5). */
const LIGHT_DARK =
  /light-dark\(\s*([^,()]+?(?:\([^()]*\))?)\s*,\s*([^,()]+?(?:\([^()]*\))?)\s*\)/g;

/** `light-dark(a, b)` resolved, anywhere in a figure; arrays of numbers are passed over. */
export function resolveColours(value, dark) {
  if (typeof value === "string")
    return value.replace(LIGHT_DARK, dark ? "$2" : "$1");
  if (Array.isArray(value)) {
    const first = value.find((item) => item !== null);
    if (typeof first === "number") return value;
    return value.map((item) => resolveColours(item, dark));
  }
  if (isPlain(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, resolveColours(item, dark)]),
    );
  return value;
}
