// Values in the page's address, kept there as Streamlit's own widgets keep theirs: under the
// widget's key, without a new entry in the history, and left out at the default.

import { withParameter } from "./core/addresses.js";

const owners = new Map(); // how many mounted controls use a parameter

export function claim(name) {
  owners.set(name, (owners.get(name) ?? 0) + 1);
}

/** A control has left the page. Its parameter goes too, unless another control uses it. */
export function release(name) {
  owners.set(name, owners.get(name) - 1);
  if (owners.get(name) === 0) put(name, null);
}

export function put(name, text) {
  const address = withParameter(location.href, name, text);
  if (address !== location.href) history.replaceState(history.state, "", address);
}
