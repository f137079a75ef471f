// Printouts whose numbers are buttons: Tab stops once, the arrow keys move from number to number.

import { element, mounting } from "./page.js";

export default mounting((root) => new Printouts(root));

class Printouts {
  constructor(root) {
    this.root = root;
    this.sheets = element("div", { className: "printouts-sheets" });
    this.box = element("div", { className: "printouts" }, this.sheets);
    this.box.addEventListener("click", (event) => {
      const id = event.target.closest(".printouts-number")?.dataset.id;
      if (id !== undefined) this.#choose(id);
    });
    this.box.addEventListener("focusin", (event) => this.#stopAt(event.target.dataset.id));
    this.box.addEventListener("keydown", (event) => this.#move(event));
    // The printouts become windows, or stop being windows, when the screen changes.
    this.resized = new ResizeObserver(() => this.#reveal());
    this.resized.observe(this.box);
    root.append(this.box);
  }

  update({ data, setStateValue }) {
    // Nobody answers for a session that is lost.
    if (this.data?.session !== data.session) this.awaited = undefined;
    this.data = data;
    // The time makes it a change, also where the page has gone elsewhere by itself meanwhile.
    this.send = (id) => setStateValue("selected", { id, at: Date.now() });
    const content = JSON.stringify([data.sheets, data.numbers]);
    if (content !== this.content) this.#build(data);
    this.content = content;
    // An answer to an earlier choice must not undo a later one.
    if (this.awaited === undefined || this.awaited === data.selected) {
      this.awaited = undefined;
      this.#select(data.selected);
    }
  }

  #build({ sheets, numbers }) {
    this.buttons = new Map();
    this.order = [];
    const widths = [];
    const built = sheets.map(({ printout, title, text }) => {
      const lines = text.split("\n");
      widths.push(Math.max(...lines.map((line) => line.length)));
      const pre = element("pre");
      lines.forEach((line, at) => {
        let done = 0;
        for (const number of numbers) {
          if (number.printout !== printout || number.line !== at) continue;
          const button = element("button", {
            type: "button",
            className: "printouts-number",
            textContent: line.slice(number.start, number.end),
            tabIndex: -1,
            ariaLabel: number.label,
          });
          button.dataset.id = number.id;
          pre.append(line.slice(done, number.start), button);
          done = number.end;
          this.buttons.set(number.id, button);
          this.order.push(number);
        }
        pre.append(`${line.slice(done)}\n`);
      });
      return element(
        "section",
        { className: `printouts-sheet ${printout}`, ariaLabel: title },
        element("h2", { className: "printouts-title", textContent: title }),
        pre,
      );
    });
    // Margins do not grow with the text, so the narrower sheet needs a little more than its share.
    const split = widths.map((width) => `minmax(0, ${width + 3}fr)`).join(" ");
    this.sheets.style.setProperty("--split", split);
    this.sheets.style.setProperty("--both", widths.reduce((sum, width) => sum + width));
    this.sheets.style.setProperty("--widest", Math.max(...widths));
    this.sheets.replaceChildren(...built);
  }

  #choose(id) {
    if (id === this.selected) return;
    this.awaited = id;
    this.#select(id);
    this.send(id);
  }

  #select(id) {
    this.selected = id;
    const { counterpart } = this.order.find((number) => number.id === id);
    for (const [own, button] of this.buttons) {
      button.classList.toggle("selected", own === id);
      button.classList.toggle("counterpart", own === counterpart);
      button.ariaPressed = String(own === id);
    }
    if (!this.box.contains(document.activeElement)) this.#stopAt(id);
    this.#reveal();
  }

  /** Scroll each printout, and nothing else, so that its number is in its window. */
  #reveal() {
    for (const button of this.buttons?.values() ?? []) {
      if (!button.matches(".selected, .counterpart")) continue;
      const pre = button.closest("pre");
      const [number, window] = [button, pre].map((part) => part.getBoundingClientRect());
      const margin = number.height;
      if (number.top < window.top + margin || number.bottom > window.bottom - margin)
        pre.scrollTop += (number.top + number.bottom - window.top - window.bottom) / 2;
      if (number.left < window.left || number.right > window.right)
        pre.scrollLeft += (number.left + number.right - window.left - window.right) / 2;
    }
  }

  /** Make this the number at which Tab stops. */
  #stopAt(id) {
    if (!this.buttons.has(id)) return;
    for (const [own, button] of this.buttons) button.tabIndex = own === id ? 0 : -1;
  }

  #move(event) {
    const from = this.order.findIndex(({ id }) => id === event.target.dataset.id);
    const to = from < 0 || event.altKey || event.ctrlKey || event.metaKey
      ? undefined
      : this.#target(event.key, from);
    if (to === undefined) return;
    event.preventDefault();
    this.buttons.get(to.id).focus();
  }

  #target(key, from) {
    const { order } = this;
    if (key === "ArrowRight") return order[from + 1];
    if (key === "ArrowLeft") return order[from - 1];
    if (key === "Home") return order[0];
    if (key === "End") return order.at(-1);
    if (key === "ArrowDown") return this.#beyond(order[from], order.slice(from + 1));
    if (key === "ArrowUp") return this.#beyond(order[from], order.slice(0, from).reverse());
    return undefined;
  }

  /** The number nearest to the present column, in the next line that has numbers. */
  #beyond(here, candidates) {
    const next = candidates.find(
      ({ printout, line }) => printout !== here.printout || line !== here.line,
    );
    if (!next) return undefined;
    const column = ({ start, end }) => start + end;
    const distance = (number) => Math.abs(column(number) - column(here));
    return candidates
      .filter(({ printout, line }) => printout === next.printout && line === next.line)
      .reduce((best, number) => (distance(number) < distance(best) ? number : best));
  }

  remove() {
    this.resized.disconnect();
    this.box.remove();
  }
}
