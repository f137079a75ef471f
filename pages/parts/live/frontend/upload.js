// The visitor's file, kept by the tab: a new session is sent it again.
//
// Streamlit's uploader forgets its files with the session, which ends when the server is started
// again or a device sleeps for long. The browser may still read the file that was chosen, so the
// uploader is given it once more. A page that is loaded again has lost it.

import { mounting } from "./page.js";

/** How often, and after how many milliseconds each, the uploader is looked for. */
const TRIES = 50;
const PAUSE = 100;

let file; // the one chosen last, in any uploader of the tab
let name; // by which the server knows it

document.addEventListener("change", ({ target }) => keep(target, target.files), true);
document.addEventListener("drop", ({ target, dataTransfer }) => keep(target, dataTransfer?.files), true);

export default mounting(() => new Upload());

class Upload {
  update({ data: { held, lost } }) {
    clearTimeout(this.timer);
    if (held) name = held;
    if (lost && lost === name && file) this.resend(TRIES);
  }

  resend(tries) {
    const input = uploader()?.querySelector("input[type=file]");
    if (input) {
      const chosen = new DataTransfer();
      chosen.items.add(file);
      input.files = chosen.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (tries > 0) this.timer = setTimeout(() => this.resend(tries - 1), PAUSE);
  }

  remove() {
    clearTimeout(this.timer);
  }
}

function uploader() {
  return document.querySelector("[data-testid=stFileUploader]");
}

function keep(target, files) {
  if (files?.length && target instanceof Element && uploader()?.contains(target)) {
    [file] = files;
    name = undefined;
  }
}
