// Light in a figure: the part that a term stands for keeps its strength and the rest goes pale.
//
// A trace stands for the role in its `meta`, or with `meta.terms` each of its points for a term of
// its own. A handle stands for its id.

import { drawnTraces, hasNoSymbols, isDrawn, symbols, traceGroup } from "./plot_internals.js";
import { onLight, point } from "./terms.js";

const PALE = 0.2;

export class Lighting {
  constructor(box, plot, canvas) {
    Object.assign(this, { box, plot, canvas });
    this.stop = onLight((term) => {
      this.term = term;
      this.apply();
    });
  }

  /** Say from now on what the mouse is at. */
  follow() {
    this.plot.on("plotly_hover", ({ points: [{ curveNumber, pointNumber }] }) => {
      const { role, terms } = drawnTraces(this.plot)[curveNumber].meta ?? {};
      point(terms?.[pointNumber] ?? role);
    });
    this.plot.on("plotly_unhover", () => point(undefined));
  }

  apply() {
    if (!isDrawn(this.plot)) return;
    const traces = drawnTraces(this.plot);
    const known = this.term !== undefined && traces.some(({ meta }) => this.#means(meta));
    if (!known && !this.lit) return;
    this.lit = known;
    let cloud = false;
    for (const { uid, meta } of traces) {
      const strong = !known || this.#means(meta);
      const some = known && strong && meta.role !== this.term;
      cloud ||= strong && hasNoSymbols({ uid });
      const group = traceGroup(this.plot, uid);
      if (group) group.style.opacity = strong ? "" : PALE;
      for (const [k, symbol] of symbols(this.plot, uid).entries())
        symbol.style.opacity = some && meta.terms[k] !== this.term ? PALE : "";
    }
    this.canvas.style.opacity = !known || cloud ? "" : PALE;
    for (const handle of this.box.querySelectorAll(".live-handle"))
      handle.classList.toggle("lit", known && handle.dataset.term === this.term);
  }

  #means(meta) {
    return meta?.role === this.term || meta?.terms?.includes(this.term);
  }

  remove() {
    this.stop();
  }
}
