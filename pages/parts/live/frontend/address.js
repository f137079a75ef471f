// The address of the page, which says what the page is set to and so can be passed on.

import { withParameters } from "./core/addresses.js";
import { mounting } from "./page.js";

/** Browsers refuse to rewrite the address more often than some three times a second. */
const PAUSE = 400;
/** After Back or Forward, what disagrees with the address may still answer what went before. */
const SETTLING = 2000;

let session; // whose answers this tab has seen last
let written = -Infinity; // when the address was
let moved = -Infinity; // when Back or Forward led to another entry of the history

export default mounting(() => new Address());

class Address {
  constructor() {
    // What waits to be written is of the entry that was left.
    this.leave = () => {
      clearTimeout(this.timer);
      moved = performance.now();
    };
    addEventListener("popstate", this.leave);
  }

  update({ data, setStateValue }) {
    const { params, session: answering } = data;
    clearTimeout(this.timer);
    const lost = session !== undefined && session !== answering;
    session = answering;
    const search = withParameters(location.search, params);
    if (search === location.search) moved = -Infinity;
    // A new session was told the address that Streamlit remembers, which may be an old one.
    else if (lost) setStateValue("found", { search: location.search, session });
    else {
      // At once after a pause: the next step in the history must not leave this one behind.
      const due = Math.max(written + PAUSE, moved + SETTLING);
      this.timer = setTimeout(() => write(search), Math.max(0, due - performance.now()));
    }
  }

  remove() {
    clearTimeout(this.timer);
    removeEventListener("popstate", this.leave);
  }
}

/** Without a new entry in the history. */
function write(search) {
  if (search === location.search) return;
  written = performance.now();
  history.replaceState(history.state, "", location.pathname + search + location.hash);
}
