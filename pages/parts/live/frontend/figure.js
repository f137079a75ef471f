// A figure of a panel: one plotly drawing that stays in the page and is updated in place.

import { decode } from "./core/arrays.js";
import { anyActive, control } from "./core/channel.js";
import { Frames } from "./core/frames.js";
import {
  hasFixedAxes,
  rangesOf,
  resolveColours,
  themedLayout,
  withRanges,
} from "./core/layout.js";
import { movingArrays, tracesAt } from "./core/transition.js";
import { Edges } from "./edges.js";
import { Handles } from "./handles.js";
import { Lighting } from "./lighting.js";
import { division } from "./page.js";
import {
  buttons,
  drawnAxis,
  drawnSize,
  hideFromReaders,
  isDrawn,
  isReadable,
  withNamesKept,
  withSymbols,
} from "./plot_internals.js";
import { Points, withoutClouds } from "./points.js";
import { moveStrokes } from "./strokes.js";
import { readTheme } from "./theme.js";
import { oneTabStop } from "./toolbar.js";

const CONFIG = {
  displaylogo: false,
  responsive: false, // the figure observes its own box
  doubleClick: "reset",
  // List every button by name: plotly's defaults grow, and 7.0 added one that uploads the figure.
  modeBarButtons: [["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
  showSendToCloud: false,
  plotlyServerURL: "",
};

/** Duration of the animation between two states, in milliseconds. */
const TRANSITION = 250;

/** A figure that is less wide is drawn by its layout for narrow boxes, if it has one, in pixels. */
const NARROW = 400;

/** Height of the strip below the drawing that holds the buttons, in pixels. */
const STRIP = 28;

/** The hand counts as resting after this many milliseconds without a new picture. */
const REST = 200;

/** Loads plotly.js, once for all figures; it puts itself into `window.Plotly`. The result is
 *  undefined if the file does not arrive or does not run.
 *
 *  Running it blocks the page for almost a second; let the text appear first. */
async function loadPlotly(path) {
  if (!window.Plotly && !document.hidden) {
    await nextFrame();
    await new Promise((resolve) => setTimeout(resolve));
  }
  try {
    if (!window.Plotly) await import(new URL(path, location.origin).href);
  } catch {
    return undefined;
  }
  return window.Plotly;
}

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

let count = 0;

export class Figure {
  constructor(_data, { plotly, fallBack }) {
    this.fallBack = fallBack;
    this.box = division("live-figure");
    this.image = division("live-figure-image");
    this.plot = division("live-figure-plot");
    this.words = division("live-figure-words");
    this.image.setAttribute("role", "figure");
    count += 1;
    this.words.id = `live-figure-words-${count}`;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "live-figure-points";
    this.points = new Points(this.canvas, this.plot);
    this.edges = new Edges(this.image, this.plot);
    this.lighting = new Lighting(this.box, this.plot, this.canvas);
    this.image.prepend(this.canvas, this.plot);
    this.box.append(this.image, this.words);
    this.box.dataset.drawn = 0;
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.coarsePointer = matchMedia("(pointer: coarse)").matches;
    this.loading = loadPlotly(plotly);
    this.untold = new Set(); // traces whose numbers plotly does not know yet
    // Reading the width from the box would force the browser to lay out the page in mid-change.
    this.observer = new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.height = contentRect.height - STRIP;
      this.box.style.setProperty("--width", contentRect.width);
      this.#resize();
    });
    this.observer.observe(this.box);
  }

  async update(data, { lines, send }) {
    this.data = data;
    const drawing = lines[data.line];
    this.box.style.setProperty("--height", `${data.height + STRIP}px`);
    this.image.setAttribute("aria-label", data.alt);
    this.words.textContent = data.words ?? "";
    if (data.words) this.image.setAttribute("aria-describedby", this.words.id);
    else this.image.removeAttribute("aria-describedby");

    this.plotly = await this.loading;
    if (this.removed || this.data !== data) return;
    if (!this.plotly) {
      this.#giveUp();
      return;
    }

    const theme = readTheme(this.box);
    const sameTheme = theme === this.theme;
    if (drawing !== this.drawing || !sameTheme) {
      this.theme = theme;
      this.drawing = drawing;
      this.#read(JSON.parse(drawing));
      await this.#show(sameTheme);
    }
    if (this.removed) return;
    this.#updateHandles(this.data, send);
    this.#growAtRest();
  }

  /** Take over what the server sent. */
  #read({ data, layout, frames }) {
    const { base, dark } = this.theme;
    this.traces = withoutClouds(resolveColours(decode(data), dark)).map(withNamesKept);
    const sent = resolveColours(decode(layout), dark);
    const complete = (parts) => ({
      uirevision: "kept",
      ...themedLayout(parts, base),
      autosize: false,
      // On touch screens a finger on the figure must scroll the page, not zoom.
      ...(this.coarsePointer && { dragmode: false }),
    });
    this.layout = complete(sent);
    this.narrow = sent.meta?.narrow && complete({ ...sent, ...sent.meta.narrow });
    this.frames = frames && new Frames(frames);
    this.#follow(frames?.slider);
    this.#hold();
  }

  /** Axes that may grow hold still while a hand moves, and where someone has zoomed; otherwise they
   *  are what the server sent. */
  #hold() {
    const names = this.layout.meta?.hold ?? [];
    const known = this.ranges && Object.keys(this.ranges).join() === names.join();
    if (!known || !(anyActive() || this.#isZoomed)) this.ranges = rangesOf(this.layout, names);
    this.sent = this.layout;
    this.layout = withRanges(this.layout, this.ranges);
  }

  get #isHeld() {
    const names = Object.keys(this.ranges);
    return String(Object.values(rangesOf(this.sent, names))) !== String(Object.values(this.ranges));
  }

  get #isZoomed() {
    const shown = ([name, range]) => String(this.#rangeOf(name.replace("axis", ""))) === String(range);
    return isDrawn(this.plot) && !Object.entries(this.ranges).every(shown);
  }

  /** Let held axes grow once the hand has let go. */
  #growAtRest() {
    clearTimeout(this.growth);
    if (!this.#isHeld || this.#isZoomed) return;
    this.growth = setTimeout(() => {
      if (anyActive()) return this.#growAtRest();
      this.layout = this.sent;
      this.#hold();
      this.#draw(this.traces);
    }, REST);
  }

  #follow(key) {
    if (this.following === key) return;
    if (this.following) control(this.following).followers.delete(this.play);
    if (key) control(key).followers.add(this.play);
    this.following = key;
  }

  /** Draw the present state: at once while a hand moves, otherwise with a short animation. */
  async #show(sameTheme) {
    const hand = this.following && control(this.following);
    if (hand?.active && hand.value !== undefined) this.#overlay(this.frames.at(hand.value));
    const from = this.shown;
    this.shown = this.traces;
    this.animation = undefined;
    const still = !from || !sameTheme || this.reducedMotion.matches || anyActive();
    const moving = still ? [] : movingArrays(from, this.traces);
    if (moving.length === 0) return this.#draw(this.traces);
    this.#animate(moving);
  }

  #overlay(shown) {
    this.traces = this.traces.slice();
    for (const { index, ...numbers } of shown)
      this.traces[index] = { ...this.traces[index], ...numbers };
  }

  /** Draw these traces by the fastest way plotly offers. */
  async #draw(traces) {
    const width = this.#width();
    const narrow = width < NARROW ? this.narrow : undefined;
    const layout = { ...(narrow ?? this.layout), height: this.#height() };
    const frame = JSON.stringify([width, layout, traces.map(({ x, y, ...rest }) => rest)]);
    const onlyNumbers = frame === this.frame && hasFixedAxes(layout, traces);
    const before = this.drawn;
    this.frame = frame;
    this.drawn = traces;
    if (onlyNumbers) return this.#redrawNumbers(traces, before);
    clearTimeout(this.rest);
    this.untold.clear();
    const first = !isDrawn(this.plot);
    const modeBarButtons = [...CONFIG.modeBarButtons, [this.#pictureButton()]];
    const config = { ...CONFIG, modeBarButtons };
    await this.plotly.react(this.plot, traces, { ...layout, width }, config);
    if (this.removed) return;
    if (first && !isReadable(this.plot)) {
      this.#giveUp();
      return;
    }
    if (first) this.#settleIn();
    oneTabStop(buttons(this.plot));
    this.#placeOverlays();
    this.#count();
  }

  /** Move only the traces whose numbers differ; axes, legend and margins stay as they are. */
  async #redrawNumbers(traces, before) {
    const moved = [...traces.keys()].filter(
      (k) => traces[k].x !== before[k].x || traces[k].y !== before[k].y,
    );
    for (const k of moved) this.untold.add(k);
    clearTimeout(this.rest);
    if (moveStrokes(this.plot, traces, moved)) this.rest = setTimeout(() => this.#tell(), REST);
    else this.#tell();
    await nextFrame(); // plotly has drawn by then, but the screen does not show it yet
    if (this.removed) return;
    this.#placeOverlays();
    this.#count();
  }

  /** Have plotly draw the numbers it does not know yet: hover shows what plotly knows. */
  #tell() {
    const traces = [...this.untold].filter((k) => k < this.drawn.length);
    this.untold.clear();
    if (this.removed || traces.length === 0) return;
    const data = traces.map((k) => ({ x: this.drawn[k].x, y: this.drawn[k].y }));
    this.plotly
      .animate(
        this.plot,
        { data, traces },
        { mode: "immediate", transition: { duration: 0 }, frame: { duration: 0, redraw: false } },
      )
      .catch(() => {}); // plotly rejects calls that a newer call overtakes
  }

  #pictureButton() {
    this.button ??= {
      name: "picture",
      title: "Download as a picture",
      icon: this.plotly.Icons.camera,
      click: () => this.#download(),
    };
    return this.button;
  }

  /** Download the figure as shown, on the page's background. Here plotly draws the points. */
  #download() {
    const { width, height } = drawnSize(this.plot);
    const layout = { ...this.layout, paper_bgcolor: this.theme.background };
    for (const name of Object.keys(layout))
      if (/^[xy]axis/.test(name))
        layout[name] = { ...layout[name], range: this.#rangeOf(name.replace("axis", "")) };
    const rings = this.handles ? [this.handles.trace(this.theme.background)] : [];
    this.plotly.downloadImage(
      { data: [...this.traces.map(withSymbols), ...rings], layout },
      { format: "png", scale: 2, width, height, filename: this.data.key },
    );
  }

  #rangeOf(axis) {
    return drawnAxis(this.plot, axis).range;
  }

  #settleIn() {
    hideFromReaders(this.plot);
    this.lighting.follow();
    for (const event of ["plotly_afterplot", "plotly_relayouting", "plotly_relayout"])
      this.plot.on(event, () => this.#placeOverlays());
    this.plot.on("plotly_relayout", () => this.#growAtRest());
  }

  /** Points and handles are drawn beside plotly; put them where its axes are now. */
  #placeOverlays() {
    this.points.draw(this.drawn);
    this.lighting.apply();
    const held = this.#isHeld && !this.#isZoomed ? Object.keys(this.ranges) : [];
    this.edges.draw(this.drawn, held);
    if (!this.handles) return;
    this.handles.stayAtEdge = held.length > 0;
    this.handles.place();
  }

  /** Count the redraws, so that tests can see them. */
  #count() {
    this.box.dataset.drawn = Number(this.box.dataset.drawn) + 1;
  }

  #animate(moving) {
    const animation = (this.animation = {});
    const target = this.traces;
    const start = performance.now();
    const step = async () => {
      if (this.removed || this.animation !== animation) return;
      const share = Math.min(1, (performance.now() - start) / TRANSITION);
      if (share === 1 || anyActive()) {
        this.animation = undefined;
        this.#draw(target);
        return;
      }
      const eased = 1 - (1 - share) ** 3;
      await this.#draw(tracesAt(eased, target, moving));
      await nextFrame();
      step();
    };
    step();
  }

  /** The followed slider moved: show its frame, after the one that is being drawn. */
  play = async (value) => {
    this.wanted = value;
    if (this.playing || !this.frames || !isDrawn(this.plot)) return;
    this.playing = true;
    this.animation = undefined;
    this.#overlay(this.frames.at(value));
    this.shown = this.traces;
    await this.#draw(this.traces);
    this.playing = false;
    if (this.wanted !== value && !this.removed) this.play(this.wanted);
  };

  #updateHandles({ grab, key }, send) {
    if (!grab) {
      this.handles?.remove();
      this.handles = undefined;
      return;
    }
    this.handles ??= new Handles(this.box, this.plot, key);
    this.handles.update(grab, send, resolveColours(grab.colour, this.theme.dark));
  }

  #width() {
    return Math.max(1, Math.floor(this.width ?? this.box.clientWidth));
  }

  #height() {
    return Math.max(1, Math.floor(this.height ?? this.box.clientHeight - STRIP));
  }

  #resize() {
    if (!isDrawn(this.plot)) return;
    const { width, height } = drawnSize(this.plot);
    if (width !== this.#width() || height !== this.#height()) this.#draw(this.traces);
  }

  #giveUp() {
    this.remove();
    this.fallBack();
  }

  remove() {
    this.removed = true;
    clearTimeout(this.rest);
    clearTimeout(this.growth);
    this.observer.disconnect();
    this.lighting.remove();
    this.#follow(undefined);
    this.handles?.remove();
    if (isDrawn(this.plot)) this.plotly.purge(this.plot);
  }
}
