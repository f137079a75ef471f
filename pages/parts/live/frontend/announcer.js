// Tells screen readers what an action has changed elsewhere on the page, once the hand rests.

import { anyActive } from "./core/channel.js";
import { element } from "./page.js";

/** What is read out when it changes: sentences, figures in words, the explanation of a number. */
const SENTENCES =
  ".live-words:not(.quiet), .live-figure-words, .st-key-printouts-card :is(h2, h3, p)";

/** What is read out instead where the sentences stay as they are. */
const ROWS = ".live-table tbody tr";

/** The page counts as settled after so many milliseconds without a change. */
const REST = 600;

export class Announcer {
  constructor() {
    this.region = element("div", { className: "live-region", role: "status", ariaLive: "polite" });
    document.body.append(this.region);
    this.known = new WeakMap(); // what each element said last
    this.place = location.pathname;
    // Told of every change, it only winds a clock: what changed is looked at when all is quiet.
    this.observer = new MutationObserver(() => this.#wait());
    const watched = { subtree: true, childList: true, characterData: true };
    this.observer.observe(document.querySelector(".stApp"), watched);
    this.#wait();
  }

  /** Have a text read out. */
  say(text) {
    this.region.textContent = text;
  }

  #wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), REST);
  }

  #look() {
    if (anyActive()) {
      this.#wait();
      return;
    }
    const sentences = this.#changed(SENTENCES, (node) => node.textContent);
    const rows = this.#changed(ROWS, rowInWords);
    if (location.pathname !== this.place) {
      this.place = location.pathname;
      this.say(document.title);
    } else if (sentences.length > 0) this.say(sentences.join(" "));
    else if (rows.length > 0) this.say(rows.join("; "));
  }

  /** The texts that differ from what their elements said before; one that is new has no before. */
  #changed(selector, read) {
    const changed = new Set();
    for (const node of document.querySelectorAll(selector)) {
      if (node.closest("button")) continue;
      const text = read(node);
      if (this.known.has(node) && this.known.get(node) !== text) changed.add(text);
      this.known.set(node, text);
    }
    return [...changed];
  }

  remove() {
    clearTimeout(this.timer);
    this.observer.disconnect();
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
