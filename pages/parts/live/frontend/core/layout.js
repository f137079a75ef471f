// Figures as plain data: names of axes, defaults from the page's theme, colours of either mode.

/** The name of an axis in the layout: "xaxis2" for what a trace calls "x2". */
export function axisName(axis) {
  return axis.replace(/^[xy]/, "$&axis");
}

/** Whether all axes of these traces have a set range, so that new numbers do not change them. */
export function hasFixedAxes(layout, traces) {
  return traces.every(({ xaxis = "x", yaxis = "y" }) =>
    [xaxis, yaxis].every((axis) => layout[axisName(axis)]?.range),
  );
}

/** The limits of the axes of these names, as {name: [low, high]}; plotly changes the arrays it was
 *  given when someone zooms. */
export function rangesOf(layout, names) {
  return Object.fromEntries(names.map((name) => [name, [...layout[name].range]]));
}

/** The layout with other limits of some axes. */
export function withRanges(layout, ranges) {
  const changed = Object.entries(ranges).map(([name, range]) => [
    name,
    { ...layout[name], range: [...range] },
  ]);
  return { ...layout, ...Object.fromEntries(changed) };
}

/** The layout with defaults from `base`, and each of its axes with defaults from `base.axis`. */
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

/** Replaces every `light-dark(a, b)` in a figure by one of its colours; skips arrays of numbers. */
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
