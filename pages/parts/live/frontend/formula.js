// A formula in MathML: its numbers change where they stand, and its terms light up the figure.
//
// Tab stops once at a formula; the arrow keys go from term to term.

import { division, mounting } from "./page.js";
import { light, onLight, onPoint } from "./terms.js";

// At the head of a line a sign still stands between two terms.
const INFIX = { form: "infix" };
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
    this.box.tabIndex = 0;
    this.sides = division("formula-sides");
    // The terms are part of the mathematics and cannot have the focus, so they are said here.
    this.said = division("formula-said");
    this.said.setAttribute("role", "status");
    this.box.append(this.sides, this.said);
    this.box.addEventListener("pointerover", ({ target }) => light(termOf(target) ?? this.#resting));
    this.box.addEventListener("pointerleave", () => light(this.#resting));
    // A click lights a term and leaves the arrow keys to whoever has them.
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", ({ target }) => this.#keep(termOf(target)));
    this.box.addEventListener("blur", () => this.#leave());
    this.box.addEventListener("keydown", (event) => this.#move(event));
    const ends = [onLight((term) => this.#show(term)), onPoint((term) => this.#point(term))];
    this.stop = () => ends.forEach((end) => end());
  }

  update({ spoken, sides }) {
    this.box.setAttribute("aria-label", spoken);
    while (this.sides.children.length > sides.length) this.sides.lastChild.remove();
    for (const [k, { sign, tree }] of sides.entries()) {
      const math = ["math", { display: "block" }, [...(sign ? [["mo", INFIX, sign]] : []), tree]];
      const side = this.sides.children[k] ?? this.sides.appendChild(division("formula-side"));
      if (side.firstChild) patch(side.firstChild, math);
      else side.append(build(math));
    }
    if (!this.cursor?.isConnected) this.cursor = undefined;
    this.#show(this.lit);
  }

  #terms() {
    return [...this.sides.querySelectorAll("[data-term]")];
  }

  /** What is lit while the mouse is at no term. */
  get #resting() {
    return this.kept ?? this.cursor?.dataset.term;
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

  #leave() {
    this.kept = undefined;
    this.#goTo(undefined);
  }

  #show(term) {
    this.lit = term;
    for (const node of this.#terms()) {
      node.classList.toggle("lit", node.dataset.term === term);
      node.classList.toggle("cursor", node === this.cursor);
    }
  }

  #move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const terms = this.#terms();
    const from = terms.indexOf(this.cursor);
    const places = {
      ArrowRight: from + 1,
      ArrowLeft: from < 0 ? terms.length - 1 : Math.max(from - 1, 0),
      Home: 0,
      End: terms.length - 1,
    };
    const target = terms[Math.min(places[event.key], terms.length - 1)];
    if (!target && event.key !== "Escape") return;
    event.preventDefault();
    this.#goTo(target);
  }

  #goTo(target) {
    this.cursor = target;
    this.said.textContent = target?.dataset.spoken ?? "";
    light(this.#resting);
    target?.scrollIntoView({ block: "nearest", inline: "nearest" });
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

function describe(node, { colour, term, spoken, ...wanted }) {
  if (colour) wanted["data-role"] = colour;
  if (term) Object.assign(wanted, { "data-term": term, "data-spoken": spoken });
  for (const { name } of [...node.attributes]) if (!(name in wanted)) node.removeAttribute(name);
  for (const [name, value] of Object.entries(wanted)) node.setAttribute(name, value);
}
