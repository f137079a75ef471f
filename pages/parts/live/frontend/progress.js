// What a learner has done, kept by the browser itself, and a random token that is this browser's.

import { withParameters } from "./core/addresses.js";
import { mounting } from "./page.js";

const KEPT = "betwixt.progress";
const TOKEN = "betwixt.browser";

/** What this tab was told last: whose answer it was, and how often that session has forgotten. What
 *  else changes on a page may have Streamlit mount the component anew. */
let last = {};

export default mounting(() => new Progress());

class Progress {
  constructor() {
    // Another tab has written it, or has forgotten it.
    this.heard = ({ key, newValue }) => {
      if (key === KEPT || key === null) this.#tell(newValue, true);
    };
    window.addEventListener("storage", this.heard);
  }

  update({ data, setStateValue }) {
    const { text, taken, forgotten, session, saved } = data;
    // Taken up by now; without a new entry in the history, so that Back does not restore it again.
    const search = withParameters(location.search, { [saved]: null });
    if (new URLSearchParams(location.search).has(saved))
      history.replaceState(history.state, "", location.pathname + search + location.hash);
    this.send = (told) => setStateValue("kept", { ...told, session, at: Date.now() });
    if (last.session === session && forgotten > last.forgotten) {
      remove(KEPT);
      remove(TOKEN);
    }
    last = { session, forgotten };
    // A session that does not know what is kept must not write over it.
    if (!taken) this.#tell(read(KEPT), false);
    else if (hasContent(text) || read(KEPT) !== null) write(KEPT, text);
  }

  #tell(text, changed) {
    this.send?.({ text, changed, token: token() });
  }

  remove() {
    window.removeEventListener("storage", this.heard);
  }
}

/** Nothing is stored for somebody who has done nothing. */
function hasContent(text) {
  const { name, lessons } = JSON.parse(text);
  return name !== "" || Object.keys(lessons).length > 0;
}

function token() {
  const kept = read(TOKEN);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  write(TOKEN, made);
  return made;
}

// A browser may keep nothing at all, for example in a frame of another site.

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    if (localStorage.getItem(key) !== text) localStorage.setItem(key, text);
  } catch {
    // the session holds it while the visit lasts
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // there is nothing to forget
  }
}
