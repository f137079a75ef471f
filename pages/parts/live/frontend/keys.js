// Keys of a projector's view: each presses a button of the page.

import { mounting } from "./page.js";

export default mounting(() => new Keys());

class Keys {
  constructor() {
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
  }

  remove() {
    document.removeEventListener("keydown", this.press);
  }
}

/** Whether an element has a use for the key itself. */
function takesKeys(element) {
  return (
    element instanceof Element &&
    (element.matches("input, textarea, select, [role=slider], [role=radiogroup], [data-term]") ||
      element.isContentEditable)
  );
}
