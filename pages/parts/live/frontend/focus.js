// Keeps the focus on the page: what had it may be taken away by its own action, and the browser
// then forgets where a keyboard's user was.

/** Streamlit marks what has a key in a page's script by a class of this beginning. */
const KEYED = "st-key-";

const FOCUSABLE = "button, a[href], input, summary, [tabindex='0']";

export class Focus {
  constructor() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("focusin", ({ target }) => this.#note(target), { signal });
  }

  #note(target) {
    const keyed = target.closest(`[class*="${KEYED}"]`);
    // A menu opens outside of the page: what is chosen there counts as chosen in its control.
    if (keyed) this.place = [...keyed.classList].find((name) => name.startsWith(KEYED));
    else if (target.closest(".stApp")) this.place = undefined;
    this.last = target;
  }

  /** Give a lost focus to what stands in the same place; once the page has settled, to its title. */
  restore(settled) {
    if (!this.last || this.last.isConnected || document.activeElement !== document.body) return;
    const heir = this.place && document.querySelector(`.${CSS.escape(this.place)}`);
    const next = heir?.querySelector(FOCUSABLE) ?? (settled ? title() : undefined);
    next?.focus();
  }

  remove() {
    this.listening.abort();
  }
}

function title() {
  const found = document.querySelector("h1");
  if (found) found.tabIndex = -1;
  return found;
}
