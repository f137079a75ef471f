// The address of the page, which says what the page is set to and so can be passed on.

import { withParameters } from "./core/addresses.js";
import { mounting } from "./page.js";

/** Browsers refuse to rewrite the address more often than some three times a second. */
const PAUSE = 400;

let session; // whose answers this tab has seen last
let written = -Infinity; // when the address was

export default mounting(() => new Address());

class Address {
  update({ data, setStateValue }) {
    const { params, session: answering } = data;
    clearTimeout(this.timer);
    const lost = session !== undefined && session !== answering;
    session = answering;
    // A new session was told the address that Streamlit remembers, which may be an old one.
    if (lost && withParameters(location.search, params) !== location.search)
      setStateValue("found", { search: location.search, session });
    else {
      // At once after a pause: the next step in the history must not leave this one behind.
      const wait = Math.max(0, written + PAUSE - performance.now());
      this.timer = setTimeout(() => write(withParameters(location.search, params)), wait);
    }
  }

  remove() {
    clearTimeout(this.timer);
  }
}

/** Without a new entry in the history. */
function write(search) {
  if (search === location.search) return;
  written = performance.now();
  history.replaceState(history.state, "", location.pathname + search + location.hash);
}
