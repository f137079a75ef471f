// Values kept in the page's address, as Streamlit's own widgets keep them: under the
// widget's key, without a new entry in the history, and not at all at the default.

const owners = new Map(); // how many mounted controls use a parameter

export function claim(name) {
  owners.set(name, (owners.get(name) ?? 0) + 1);
}

/** The control left the page: so does its parameter, unless another one has taken it up. */
export function release(name) {
  owners.set(name, owners.get(name) - 1);
  if (owners.get(name) === 0) put(name, null);
}

export function put(name, text) {
  const url = new URL(location.href);
  if (url.searchParams.get(name) === text) return;
  if (text === null) url.searchParams.delete(name);
  else url.searchParams.set(name, text);
  history.replaceState(history.state, "", url);
}
