// Tells screen readers what an action has changed elsewhere on the page.

import { element } from "./page.js";

/** What is read out when it changes: sentences, figures in words, the explanation of a number. */
const SENTENCES = {
  selector: [
    ".live-words:not(.quiet)",
    ".live-figure-words:not(.live-beside *)",
    ".st-key-printouts-card :is(h2, h3, p)",
  ].join(", "),
  read: (node) => node.textContent,
};

/** What is read out instead where the sentences stay as they are. */
const ROWS = { selector: ".live-table tbody tr", read: rowInWords };

export class Announcer {
  constructor() {
    this.region = element("div", { className: "live-region", role: "status", ariaLive: "polite" });
    // An open menu hides all else from screen readers, but not what is marked by this.
    this.region.dataset.liveAnnouncer = "true";
    document.body.append(this.region);
    this.known = new WeakMap(); // what each element said last
    this.place = location.pathname;
  }

  /** Have a text read out. */
  say(text) {
    this.region.textContent = text;
  }

  /** Take down what is new on the page, before a hand changes it. */
  note() {
    for (const { selector, read } of [SENTENCES, ROWS])
      for (const node of document.querySelectorAll(selector))
        if (!this.known.has(node)) this.known.set(node, read(node));
  }

  /** Read out what has changed since it was taken down. */
  look() {
    const sentences = this.#changed(SENTENCES);
    const rows = this.#changed(ROWS);
    if (location.pathname !== this.place) {
      this.place = location.pathname;
      this.say(document.title);
    } else if (sentences.length > 0) this.say(sentences.join(" "));
    else if (rows.length > 0) this.say(rows.join("; "));
  }

  /** The texts that differ from what their elements said before; one that is new has no before. */
  #changed({ selector, read }) {
    const changed = new Set();
    for (const node of document.querySelectorAll(selector)) {
      if (node.closest("button")) continue;
      const text = read(node);
      const shown = node.checkVisibility(); // not folded away
      if (shown && this.known.has(node) && this.known.get(node) !== text) changed.add(text);
      this.known.set(node, text);
    }
    return [...changed];
  }

  remove() {
    this.region.remove();
  }
}

/** A row of a table with the titles of its columns: "ses: OLS 3.18 (0.10), Mixed 2.39 (0.11)". */
function rowInWords(row) {
  const [name, ...cells] = [...row.cells].map((cell) => cell.textContent);
  const titles = [...row.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
  const said = cells.map((text, k) => text && `${titles[k + 1]} ${text}`).filter(Boolean);
  return `${name}: ${said.join(", ")}`;
}
