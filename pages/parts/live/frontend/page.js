// What every component needs of the page: its mounting by Streamlit, and elements.

import { inTurn } from "./core/turns.js";

/** The function Streamlit calls whenever it has something new for a component.
 *
 *  One object of `make(root, data)` belongs to each place in the page; every call updates it. */
export function mounting(make) {
  const mounted = new WeakMap();
  return (component) => {
    const root = component.parentElement;
    if (!mounted.has(root)) mounted.set(root, make(root, component.data));
    const part = mounted.get(root);
    const setStateValue = (name, value) =>
      inTurn(root, () => component.setStateValue(name, value));
    part.update({ ...component, setStateValue });
    // Streamlit also cleans up after a call that a newer one has overtaken.
    const call = (part.call = (part.call ?? 0) + 1);
    return () => {
      if (part.call !== call) return;
      part.remove();
      mounted.delete(root);
    };
  };
}

/** An element with these properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A `div` of this class. */
export function division(className) {
  return element("div", { className });
}

/** An element of SVG with these attributes. */
export function svg(tag, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
