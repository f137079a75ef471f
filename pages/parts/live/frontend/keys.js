// What the page of a lesson needs of the browser: keys that press its buttons, and its background
// for the figure that stays in view while the page is scrolled.

import { mounting } from "./page.js";

export default mounting((root) => new Keys(root));

class Keys {
  constructor(root) {
    this.root = root;
    this.press = (event) => {
      const name = this.keys[event.key];
      if (!name || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.composedPath().some(takesKeys)) return;
      document.querySelector(`.st-key-${name} button:not(:disabled)`)?.click();
      event.preventDefault();
    };
    document.addEventListener("keydown", this.press);
  }

  update({ data }) {
    this.keys = data.keys;
    // The lesson lies outside this component and takes its background from this variable.
    const paper = getComputedStyle(this.root).getPropertyValue("--st-background-color");
    document.documentElement.style.setProperty("--lesson-paper", paper);
  }

  remove() {
    document.removeEventListener("keydown", this.press);
  }
}

/** Whether an element has a use for the key itself. */
function takesKeys(element) {
  return (
    element instanceof Element &&
    (element.matches("input, textarea, select, [role=slider], [role=radiogroup]") ||
      element.isContentEditable)
  );
}
