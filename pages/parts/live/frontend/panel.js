// A panel: parts stacked on top of each other, all updated by one message and in one pass.

import { control, meet } from "./core/channel.js";
import { Figure } from "./figure.js";
import { Formula } from "./formula.js";
import { division, mounting } from "./page.js";
import { Table, Words } from "./texts.js";

export default mounting((root) => new Panel(root));

class Panel {
  constructor(root) {
    this.stack = new Stack();
    this.sliders = [];
    this.reports = {}; // the newest report of each control
    this.decoder = new TextDecoder();
    root.append(this.stack.box);
  }

  send = ({ key, ...report }) => {
    this.reports = { ...this.reports, [key]: report };
    this.setStateValue("reports", this.reports);
  };

  /** Ask Python for the plain page: plotly.js is missing, or its drawing cannot be read. */
  fallBack = () => {
    if (this.missing) return;
    this.missing = true;
    this.setStateValue("missing", true);
  };

  update({ data, setStateValue }) {
    // The panel is the first line; each further line is a drawing.
    const lines = this.decoder.decode(data).split("\n");
    const { parts, sliders, session, answers, plotly } = JSON.parse(lines[0]);
    this.setStateValue = setStateValue;
    // Reports to a session that is lost must not reach the next one, nor those that are answered.
    if (session !== this.session) this.reports = {};
    this.session = session;
    meet(session);
    this.reports = Object.fromEntries(
      Object.entries(this.reports).filter(([key, { number }]) => number > (answers[key] ?? 0)),
    );
    this.#carry(sliders);
    this.stack.update(parts, { lines, plotly, send: this.send, fallBack: this.fallBack });
    // A slider that did not run again learns here that it was answered.
    for (const [key, number] of Object.entries(answers)) control(key).answered(number);
  }

  /** Carry the reports of these sliders, and of no others. */
  #carry(sliders) {
    for (const key of this.sliders) {
      if (control(key).carrier !== this.send || sliders.includes(key)) continue;
      control(key).carrier = undefined;
      // This panel will not answer any more: it has been replaced, for example by an error.
      control(key).answered(control(key).number);
    }
    for (const key of sliders) control(key).carrier = this.send;
    this.sliders = sliders;
  }

  remove() {
    this.#carry([]);
    this.stack.remove();
    this.stack.box.remove();
  }
}

class Stack {
  constructor() {
    this.box = division("live-stack");
    this.parts = [];
  }

  update(parts, context) {
    while (this.parts.length > parts.length) this.#drop(this.parts.length - 1);
    for (const [k, data] of parts.entries()) {
      const old = this.parts[k];
      if (!old || old.kind !== data.kind || old.key !== data.key) {
        const part = new KINDS[data.kind](data, context);
        if (old) {
          old.part.remove?.();
          old.part.box.replaceWith(part.box);
        } else this.box.append(part.box);
        this.parts[k] = { kind: data.kind, key: data.key, part };
      }
      this.parts[k].part.update(data, context);
    }
  }

  #drop(k) {
    const [{ part }] = this.parts.splice(k, 1);
    part.remove?.();
    part.box.remove();
  }

  remove() {
    for (const { part } of this.parts) part.remove?.();
  }
}

class Beside {
  constructor() {
    this.box = division("live-beside");
    this.stacks = [new Stack(), new Stack()];
    this.box.append(...this.stacks.map(({ box }) => box));
  }

  update({ columns, widths }, context) {
    for (const [k, stack] of this.stacks.entries()) {
      stack.box.style.flexGrow = widths[k];
      stack.update(columns[k], context);
    }
  }

  remove() {
    for (const stack of this.stacks) stack.remove();
  }
}

const KINDS = { words: Words, table: Table, figure: Figure, formula: Formula, beside: Beside };
