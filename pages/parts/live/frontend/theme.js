// The colours and fonts of the page, for the figures on it.

const VARIABLES = ["text-color", "background-color", "primary-color", "font"];

const themes = new Map();

/** The page's theme, read from the variables that Streamlit sets on every component. The same
 *  values give the same object. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const values = VARIABLES.map((name) => style.getPropertyValue(`--st-${name}`).trim());
  const name = values.join("\n");
  if (!themes.has(name)) {
    const [text, background, primary, font] = values;
    const base = baseLayout({ text, background, primary, font });
    themes.set(name, { background, dark: luminance(background) < 0.5, base });
  }
  return themes.get(name);
}

/** Approximate relative luminance of any CSS colour; 0 is black. */
function luminance(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (0.3 * red + 0.6 * green + 0.1 * blue) / 255;
}

function faded(colour, share) {
  return `color-mix(in srgb, ${colour} ${share}%, transparent)`;
}

/** The colour in a form plotly can read: it does not know color-mix. */
function solid(colour) {
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const [, body] = /^color\(srgb (.+)\)$/.exec(getComputedStyle(probe).color) ?? [];
  const plain = getComputedStyle(probe).color;
  probe.remove();
  if (!body) return plain;
  const [red, green, blue, alpha = 1] = body.split(/[\s/]+/).map(Number);
  return `rgba(${[red, green, blue].map((part) => Math.round(part * 255))}, ${alpha})`;
}

/** Defaults for a layout; `axis` holds those of every axis. */
function baseLayout(theme) {
  const grid = solid(faded(theme.text, 12));
  const quiet = solid(faded(theme.text, 70));
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, color: theme.text, size: 13 },
    hoverlabel: {
      bgcolor: theme.background,
      bordercolor: grid,
      font: { family: theme.font, color: theme.text },
    },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: quiet, activecolor: theme.primary },
    legend: { bgcolor: "rgba(0,0,0,0)" },
    axis: {
      gridcolor: grid,
      zerolinecolor: grid,
      linecolor: grid,
      tickfont: { color: quiet },
      title: { font: { color: quiet, size: 14 } },
    },
  };
}
