// What every page has around its content: changes read out, terms that explain themselves, and a
// focus that is not lost.

import { Announcer } from "./announcer.js";
import { anyActive } from "./core/channel.js";
import { Definitions } from "./definitions.js";
import { Focus } from "./focus.js";
import { mounting } from "./page.js";

/** The page counts as settled after so many milliseconds without a change. */
const REST = 600;

/** Pages in the bar of a phone, and in the list that it has opened. */
const LINKS = ".st-key-menu a, [data-testid='stPopoverBody'] [data-testid='stPageLink-NavLink']";

/** What opens the list of a section's pages, in the menu on top and in the bar of a phone. */
const SECTIONS = "[data-testid='stTopNavSection'], .st-key-menu button";

/** The section of a phone's bar whose list is open. */
const OPEN = ".st-key-menu button[aria-expanded='true']";

/** Whether one of its parts holds just this text: another holds the letters of its sign. */
function says(button, text) {
  return [...button.querySelectorAll("*")].some(
    (part) => part.childElementCount === 0 && part.textContent.trim() === text,
  );
}

/** The list of a section closes with the page it leads from: not, then, at a link to that page. */
function closeList(target) {
  const link = target.closest(LINKS);
  if (link?.pathname === location.pathname) document.querySelector(OPEN)?.click();
}

export default mounting((root) => new Frame(root));

class Frame {
  constructor(root) {
    this.announcer = new Announcer();
    this.definitions = new Definitions(root, this.announcer);
    this.focus = new Focus();
    // While a hand moves, the page changes at every step: here it may cost next to nothing.
    this.observer = new MutationObserver(() => {
      this.focus.restore(false);
      this.definitions.keepFirst();
      this.#wait();
    });
    const watched = { subtree: true, childList: true, characterData: true };
    this.observer.observe(document.querySelector(".stApp"), watched);
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const type of ["keydown", "pointerdown"])
      document.addEventListener(type, () => this.announcer.note(), { capture: true, signal });
    document.addEventListener("click", ({ target }) => closeList(target), { signal });
    for (const type of ["wheel", "touchmove", "keydown"])
      document.addEventListener(type, () => (this.scrolled = true), { passive: true, signal });
    this.definitions.keepFirst();
    this.#wait();
  }

  #wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (anyActive() ? this.#wait() : this.#settled()), REST);
  }

  /** The browser goes to the heading that the address names before the style sheets are there. */
  #land() {
    const { hash } = location;
    if (hash && hash !== this.landed && !this.scrolled)
      document.getElementById(hash.slice(1))?.scrollIntoView();
    this.landed = hash;
  }

  #settled() {
    this.#land();
    this.focus.restore(true);
    const bar = document.querySelector(".st-key-menu");
    if (bar) Object.assign(bar, { role: "navigation", ariaLabel: "Pages" });
    for (const link of document.querySelectorAll(LINKS))
      link.ariaCurrent = link.pathname === location.pathname ? "page" : null;
    this.#mark();
    this.announcer.look();
  }

  /** Mark the section of this page: in bold, which takes more room. */
  #mark() {
    for (const button of document.querySelectorAll(SECTIONS))
      button.ariaCurrent = says(button, this.section) ? "true" : null;
  }

  update({ data }) {
    this.definitions.meanings = data.meanings;
    this.section = data.section;
    this.#mark();
    this.#wait();
  }

  remove() {
    clearTimeout(this.timer);
    this.observer.disconnect();
    this.listening.abort();
    for (const part of [this.announcer, this.definitions, this.focus]) part.remove();
  }
}
