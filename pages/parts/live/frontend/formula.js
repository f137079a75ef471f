// A formula in MathML: its numbers change where they stand, and its terms light up the figure.
//
// Tab stops once at a formula; the arrow keys go from term to term.

import { division, mounting } from "./page.js";
import { light, onLight, onPoint } from "./terms.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";

export default mounting((root) => {
  const formula = new Formula();
  root.append(formula.box);
  return {
    update: ({ data }) => formula.update(data),
    remove: () => {
      formula.remove();
      formula.box.remove();
    },
  };
});

export class Formula {
  constructor() {
    this.box = division("formula");
    this.box.setAttribute("role", "group");
    this.box.addEventListener("pointerover", ({ target }) => light(termOf(target) ?? this.#resting));
    this.box.addEventListener("pointerleave", () => light(this.#resting));
    this.box.addEventListener("click", ({ target }) => this.#keep(termOf(target)));
    this.box.addEventListener("focusin", ({ target }) => this.#focus(target));
    this.box.addEventListener("focusout", () => this.#leave());
    this.box.addEventListener("keydown", (event) => this.#move(event));
    const ends = [onLight((term) => this.#show(term)), onPoint((term) => this.#point(term))];
    this.stop = () => ends.forEach((end) => end());
  }

  update({ spoken, sides }) {
    this.box.setAttribute("aria-label", spoken);
    while (this.box.children.length > sides.length) this.box.lastChild.remove();
    for (const [k, { sign, tree }] of sides.entries()) {
      const math = ["math", { display: "block" }, [...(sign ? [["mo", {}, sign]] : []), tree]];
      const side = this.box.children[k] ?? this.box.appendChild(division("formula-side"));
      if (side.firstChild) patch(side.firstChild, math);
      else side.append(build(math));
    }
    if (!this.#terms().some(({ tabIndex }) => tabIndex === 0)) this.#stopAt(this.#terms()[0]);
    this.#show(this.lit);
  }

  #terms() {
    return [...this.box.querySelectorAll("[data-term]")];
  }

  /** What is lit while the mouse is at no term. */
  get #resting() {
    return this.kept ?? this.focused;
  }

  /** Light a term until it is chosen again, or another one: a finger does not hover. */
  #keep(term) {
    this.kept = term === this.kept ? undefined : term;
    light(this.#resting);
  }

  /** A term of this formula is pointed at in a figure, or no longer is. */
  #point(term) {
    if (this.#terms().some(({ dataset }) => dataset.term === term)) light(term);
    else if (term === undefined && this.lit !== undefined) light(this.#resting);
  }

  #focus(target) {
    if (!target.dataset.term) return;
    this.#stopAt(target);
    if (!target.matches(":focus-visible")) return;
    this.focused = target.dataset.term;
    light(this.focused);
  }

  #leave() {
    this.kept = this.focused = undefined;
    light(undefined);
  }

  #show(term) {
    this.lit = term;
    for (const node of this.#terms()) {
      node.classList.toggle("lit", node.dataset.term === term);
      node.setAttribute("aria-pressed", String(node.dataset.term === term));
    }
  }

  #stopAt(target) {
    for (const node of this.#terms()) node.setAttribute("tabindex", node === target ? 0 : -1);
  }

  #move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const terms = this.#terms();
    const from = terms.indexOf(event.target);
    if (from < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#keep(event.target.dataset.term);
      return;
    }
    const to = { ArrowRight: from + 1, ArrowLeft: from - 1, Home: 0, End: terms.length - 1 };
    const target = terms[to[event.key]];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }

  remove() {
    if (this.lit !== undefined) light(undefined);
    this.stop();
  }
}

/** The innermost term around an element. */
function termOf(target) {
  return target.closest("[data-term]")?.dataset.term;
}

/** An element of MathML from its name, what it stands for, and its text or its children. */
function build([name, about, content]) {
  const node = document.createElementNS(MATHML, name);
  describe(node, about);
  if (typeof content === "string") node.textContent = content;
  else node.append(...content.map(build));
  return node;
}

/** Make an element what `build` would make, and leave what is already so in its place. */
function patch(node, wanted) {
  const [name, about, content] = wanted;
  const text = typeof content === "string";
  if (node.localName !== name || node.childElementCount !== (text ? 0 : content.length)) {
    node.replaceWith(build(wanted));
    return;
  }
  describe(node, about);
  if (text) {
    if (node.textContent !== content) node.textContent = content;
    return;
  }
  for (const [k, child] of content.entries()) patch(node.children[k], child);
}

function describe(node, { role, term, spoken, ...attributes }) {
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  if (role) node.dataset.role = role;
  else delete node.dataset.role;
  if (node.dataset.term === term && !term) return;
  for (const attribute of ["role", "tabindex", "aria-label"]) {
    if (!term) node.removeAttribute(attribute);
  }
  if (!term) {
    delete node.dataset.term;
    return;
  }
  node.dataset.term = term;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", spoken);
  if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", -1);
}
