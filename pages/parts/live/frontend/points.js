// Clouds of points, on a canvas behind the figure.
//
// plotly draws a marker as an element of the page, which takes 30 ms for a thousand of them
// on every redraw; its WebGL traces compile code at run time, which the page's security
// policy forbids. So plotly keeps what it is good at (axes, legend, hover over every point)
// and draws none of them: a canvas does, in two milliseconds.

/** Up to this many points plotly may draw by itself. */
const FEW = 60;

const TAU = 2 * Math.PI;

/** Symbols by plotly's name: a path around the origin for the radius r. */
const SYMBOLS = {
  circle: (path, x, y, r) => {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, TAU);
  },
  square: (path, x, y, r) => path.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  diamond: (path, x, y, r) => polygon(path, x, y, 1.25 * r, 4, 0),
  "triangle-up": (path, x, y, r) => polygon(path, x, y, 1.15 * r, 3, 0),
  "triangle-down": (path, x, y, r) => polygon(path, x, y, 1.15 * r, 3, 0.5),
};

function polygon(path, x, y, r, corners, turn) {
  for (let k = 0; k < corners; k += 1) {
    const angle = ((k + turn) / corners) * TAU;
    path[k ? "lineTo" : "moveTo"](x + r * Math.sin(angle), y - r * Math.cos(angle));
  }
  path.closePath();
}

function isCloud({ type = "scatter", mode, x, y, marker = {}, error_x, error_y }) {
  const shape = marker.symbol ?? "circle";
  return (
    type === "scatter" &&
    mode === "markers" &&
    x?.length === y?.length &&
    y?.length > FEW &&
    typeof (marker.size ?? 6) === "number" &&
    typeof shape === "string" &&
    shape.replace("-open", "") in SYMBOLS &&
    typeof marker.color !== "number" &&
    typeof marker.color?.[0] !== "number" &&
    !error_x &&
    !error_y
  );
}

/** Whether a trace of plotly's is drawn here. */
export function isDrawnHere({ uid }) {
  return /^cloud/.test(uid);
}

/** The traces as plotly gets them: clouds keep their data and lose their drawing. */
export function withoutClouds(traces) {
  return traces.map((trace, index) =>
    isCloud(trace)
      ? { ...trace, uid: `cloud${index}`, marker: { ...trace.marker, maxdisplayed: 1 } }
      : trace,
  );
}

/** The traces as plotly draws them all by itself. */
export function withClouds(traces) {
  return traces.map((trace) =>
    trace.marker?.maxdisplayed === 1
      ? { ...trace, marker: { ...trace.marker, maxdisplayed: 0 } }
      : trace,
  );
}

export class Points {
  constructor(canvas, plot) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.plot = plot;
  }

  /** Draw the clouds of these traces where plotly shows them, in its axes and default colours. */
  draw(traces) {
    const { width, height } = this.plot._fullLayout;
    const ratio = window.devicePixelRatio || 1;
    const { canvas, context } = this;
    const clouds = this.plot._fullData
      .filter((full) => full.visible === true && isDrawnHere(full))
      .map((full) => ({ ...full, x: traces[full.index].x, y: traces[full.index].y }));
    // The one marker plotly insists on drawing.
    for (const { uid } of clouds) {
      const own = this.plot.querySelector(`.trace${uid} .points`);
      if (own) own.style.display = "none";
    }
    if (!this.#differs([width, height, ratio, ...clouds.flatMap((cloud) => this.#facts(cloud))]))
      return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    for (const cloud of clouds) this.#cloud(cloud);
  }

  /** Everything a cloud's picture depends on. */
  #facts({ x, y, xaxis, yaxis, marker, opacity }) {
    const axes = [this.#axis(xaxis), this.#axis(yaxis)];
    const places = axes.flatMap(({ _offset, _length, range }) => [_offset, _length, ...range]);
    return [x, y, opacity, JSON.stringify(marker), ...places];
  }

  #axis(name) {
    return this.plot._fullLayout[name.replace(/^[xy]/, "$&axis")];
  }

  #differs(facts) {
    const before = this.facts;
    this.facts = facts;
    return !before || facts.length !== before.length || facts.some((f, k) => f !== before[k]);
  }

  #cloud({ x, y, xaxis, yaxis, marker, opacity }) {
    const across = this.#axis(xaxis);
    const up = this.#axis(yaxis);
    const { context } = this;
    const symbol = marker.symbol.replace("-open", "");
    const open = symbol !== marker.symbol;
    const radius = marker.size / 2;
    const lineWidth = open ? Math.max(1, marker.line?.width ?? 1) : (marker.line?.width ?? 0);

    context.save();
    context.beginPath();
    context.rect(across._offset, up._offset, across._length, up._length);
    context.clip();
    context.globalAlpha = marker.opacity * opacity;
    context.lineWidth = lineWidth;
    const colours = Array.isArray(marker.color) ? marker.color : null;
    for (let i = 0; i < y.length; i += 1) {
      const left = across._offset + across.d2p(x[i]);
      const top = up._offset + up.d2p(y[i]);
      if (Number.isNaN(left + top)) continue;
      const colour = colours ? colours[i] : marker.color;
      context.beginPath();
      SYMBOLS[symbol](context, left, top, radius);
      if (!open) {
        context.fillStyle = colour;
        context.fill();
      }
      if (lineWidth) {
        context.strokeStyle = open ? colour : marker.line.color;
        context.stroke();
      }
    }
    context.restore();
  }
}
