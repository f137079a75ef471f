// What a term of a formula and a part of a figure both stand for: pointing at one lights both.
//
// Only formulas light terms. A figure says where the mouse is, and a formula that has such a term
// lights it: without a formula, hovering leaves figures as they are.

const LIT = "betwixt:term-lit";
const POINTED = "betwixt:term-pointed";

function tell(event, term) {
  document.dispatchEvent(new CustomEvent(event, { detail: { term } }));
}

function listen(event, listener) {
  const hear = ({ detail }) => listener(detail.term);
  document.addEventListener(event, hear);
  return () => document.removeEventListener(event, hear);
}

/** Light what stands for this term everywhere on the page; nothing, if it is undefined. */
export const light = (term) => tell(LIT, term);

/** Call the listener with the term that is lit from now on; returns what ends that. */
export const onLight = (listener) => listen(LIT, listener);

/** Say that the mouse is at what stands for this term; at nothing, if it is undefined. */
export const point = (term) => tell(POINTED, term);

/** Call the listener with the term that the mouse is at in a figure; returns what ends that. */
export const onPoint = (listener) => listen(POINTED, listener);
