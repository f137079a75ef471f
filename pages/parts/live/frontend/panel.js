// A panel: parts one below the other, all changed by one message and in one pass.

import { control, meet } from "./channel.js";
import { division } from "./division.js";
import { Figure } from "./figure.js";
import { mounting } from "./mounting.js";
import { Table, Words } from "./texts.js";

export default mounting((root) => new Panel(root));

class Panel {
  constructor(root) {
    this.stack = new Stack();
    this.sliders = [];
    this.reports = {}; // the newest of each control
    this.decoder = new TextDecoder();
    root.append(this.stack.box);
  }

  send = ({ key, ...report }) => {
    this.reports = { ...this.reports, [key]: report };
    this.setStateValue("reports", this.reports);
  };

  update({ data, setStateValue }) {
    const lines = this.decoder.decode(data).split("\n"); // the panel, then a line for each drawing
    const { parts, sliders, session, answers, plotly } = JSON.parse(lines[0]);
    this.setStateValue = setStateValue;
    if (session !== this.session) this.reports = {};
    this.session = session;
    meet(session);
    this.reports = Object.fromEntries(
      Object.entries(this.reports).filter(([key, { number }]) => number > (answers[key] ?? 0)),
    );
    this.#carry(sliders);
    this.stack.update(parts, { lines, plotly, send: this.send });
    // Sliders that did not run again hear of their answer here.
    for (const [key, number] of Object.entries(answers)) control(key).answered(number);
  }

  /** Take the reports of these sliders, and no others. */
  #carry(sliders) {
    for (const key of this.sliders) {
      if (control(key).carrier !== this.send || sliders.includes(key)) continue;
      control(key).carrier = undefined;
      // No answer will come from here: an error has taken the panel's place.
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

const KINDS = { words: Words, table: Table, figure: Figure, beside: Beside };
