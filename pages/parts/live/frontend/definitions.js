// Terms of the field that explain themselves where they stand: links whose meaning opens below them
// when the pointer, the focus or a finger comes to them.

import { element } from "./page.js";

/** A term is a link to this fragment and its name. */
const FRAGMENT = "#word-";

/** Milliseconds in which the pointer may go from the term to its meaning. */
const GRACE = 250;

/** Pixels that must be left between the meaning and the edge of the screen. */
const MARGIN = 8;

/** The page's colours and font, which the meaning takes over: it stands outside of all components. */
const THEME = ["text-color", "background-color", "border-color", "base-radius", "font"];

/** A link on a term, inside a sentence. */
export function termLink(text, id) {
  return element("a", { href: FRAGMENT + id, textContent: text });
}

export class Definitions {
  constructor(root, announcer) {
    this.root = root;
    this.announcer = announcer;
    this.meanings = {};
    this.box = element("div", { className: "live-definition", id: "live-definition" });
    this.box.setAttribute("role", "tooltip");
    this.box.popover = "manual";
    document.body.append(this.box);
    this.listening = new AbortController();
    const listen = (type, handle, options) =>
      document.addEventListener(type, handle, { ...options, signal: this.listening.signal });
    listen("pointerover", (event) => this.#hover(event));
    listen("focusin", ({ target }) => this.#visit(target));
    listen("click", (event) => this.#click(event));
    listen("keydown", ({ key }) => key === "Escape" && this.#close());
    listen("scroll", () => this.#close(), { capture: true, passive: true });
  }

  /** Leave a term a link where the page first uses it; further on it is text like any other. */
  keepFirst() {
    const met = new Set();
    for (const link of document.getElementsByTagName("a")) {
      const target = link.getAttribute("href") ?? link.dataset.again;
      if (!target?.startsWith(FRAGMENT)) continue;
      if (met.has(target)) {
        link.dataset.again = target;
        link.removeAttribute("href");
      } else if (link.dataset.again !== undefined) {
        link.setAttribute("href", target);
        delete link.dataset.again;
      }
      met.add(target);
    }
  }

  #hover({ target, pointerType }) {
    if (pointerType !== "mouse") return;
    const term = termAt(target);
    if (term || this.box.contains(target)) clearTimeout(this.leaving);
    if (term) this.#open(term);
    else if (this.term && !this.box.contains(target) && document.activeElement !== this.term) {
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.#close(), GRACE);
    }
  }

  #visit(target) {
    const term = termAt(target);
    if (term?.matches(":focus-visible")) this.#open(term);
    else if (!term) this.#close();
  }

  #click(event) {
    const term = termAt(event.target);
    if (term) {
      event.preventDefault(); // there is nothing at the fragment to go to
      this.#open(term);
      this.announcer.say(this.box.textContent);
    } else if (!this.box.contains(event.target)) this.#close();
  }

  #open(term) {
    const meaning = this.meanings[term.hash.slice(FRAGMENT.length)];
    clearTimeout(this.leaving);
    if (meaning === undefined || term === this.term) return;
    this.#close();
    this.term = term;
    this.box.textContent = meaning;
    const theme = getComputedStyle(this.root);
    for (const name of THEME)
      this.box.style.setProperty(`--st-${name}`, theme.getPropertyValue(`--st-${name}`));
    term.setAttribute("aria-describedby", this.box.id);
    this.box.showPopover();
    this.#place(term.getClientRects()[0]);
  }

  /** Below the term, or above it where there is no room below. */
  #place({ left, top, bottom }) {
    const { width, height } = this.box.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const below = bottom + 4 + height <= clientHeight - MARGIN;
    this.box.style.top = `${below ? bottom + 4 : Math.max(MARGIN, top - 4 - height)}px`;
    const rightmost = clientWidth - width - MARGIN;
    this.box.style.left = `${Math.max(MARGIN, Math.min(left, rightmost))}px`;
  }

  #close() {
    clearTimeout(this.leaving);
    if (!this.term) return;
    this.term.removeAttribute("aria-describedby");
    this.term = undefined;
    this.box.hidePopover();
  }

  remove() {
    this.#close();
    this.listening.abort();
    this.box.remove();
  }
}

function termAt(target) {
  return target.closest?.(`a[href^="${FRAGMENT}"]`);
}
