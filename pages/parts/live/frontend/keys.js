// The buttons of a lesson: keys of a projector's view press them, and a control that the mouse has
// left does not keep these keys; a second Enter in a field of the answer takes it, and the button that
// does waits until the server knows where the hand has left it.

import { anyUnanswered } from "./core/channel.js";
import { mounting } from "./page.js";

/** Milliseconds between two looks whether the server knows, and how many there are. */
const PAUSE = 30;
const TRIES = 150;
/** What arrow keys move, other than in a text. */
const HELD = "[type=range], [role=slider], [role=radio]";

export default mounting(() => new Keys());

class Keys {
  constructor() {
    this.press = (event) => {
      const name = this.keys[event.key];
      // A key that is held does not run through the steps, nor take an answer.
      if (!name || event.repeat || event.defaultPrevented) return;
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.composedPath().some(takesKeys) || document.querySelector("[role=dialog]")) return;
      document.querySelector(`.st-key-${name} :is(button:not(:disabled), a)`)?.click();
      event.preventDefault();
    };
    this.letGo = () => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      if (Object.keys(this.keys).length && focused?.matches(HELD)) focused.blur();
    };
    this.hold = (event) => {
      const button = event.target.closest?.(this.answer);
      if (!button || this.released || !anyUnanswered()) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      clearTimeout(this.timer);
      this.#release(TRIES);
    };
    this.enter = ({ key, repeat, target }) => {
      if (key !== "Enter" || repeat || !target.closest?.("[data-testid='stNumberInput']")) return;
      const value = Number(target.value); // the field writes it in its own way
      const again = this.entered?.field === target && this.entered.value === value;
      this.entered = again ? undefined : { field: target, value };
      // Nothing is skipped that way: the button is prominent when the answer is complete.
      if (again) document.querySelector(`${this.answer}[kind="primary"]:not(:disabled)`)?.click();
    };
    document.addEventListener("keydown", this.press);
    document.addEventListener("keydown", this.enter, true);
    document.addEventListener("click", this.hold, true);
    document.addEventListener("pointerup", this.letGo);
  }

  /** Press the button once the server knows; by then it may be another element. */
  #release(tries) {
    if (tries > 0 && anyUnanswered()) {
      this.timer = setTimeout(() => this.#release(tries - 1), PAUSE);
      return;
    }
    this.released = true;
    document.querySelector(`${this.answer}:not(:disabled)`)?.click();
    this.released = false;
  }

  update({ data }) {
    this.keys = data.keys;
    this.answer = `.st-key-${data.answer} button`;
  }

  remove() {
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.press);
    document.removeEventListener("keydown", this.enter, true);
    document.removeEventListener("click", this.hold, true);
    document.removeEventListener("pointerup", this.letGo);
  }
}

/** Whether an element has a use for the key itself. */
function takesKeys(element) {
  return (
    element instanceof Element &&
    (element.matches(
      "input:not([type=checkbox]), textarea, select, [role=slider], [role=radiogroup], [data-term]",
    ) ||
      element.isContentEditable)
  );
}
