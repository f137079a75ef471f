// What a term of a formula and a part of a figure both stand for: pointing at one lights both.

const EVENT = "betwixt:term";

/** Light what stands for this term everywhere on the page; nothing, if it is undefined. */
export function light(term) {
  document.dispatchEvent(new CustomEvent(EVENT, { detail: { term } }));
}

/** Call the listener with the term that is lit from now on; returns what ends that. */
export function onLight(listener) {
  const hear = ({ detail }) => listener(detail.term);
  document.addEventListener(EVENT, hear);
  return () => document.removeEventListener(EVENT, hear);
}
