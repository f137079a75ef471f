// The live slider: a native range input, so that keyboard, touch and screen readers work as usual,
// and a field to type a value into.

import { control, meet } from "./core/channel.js";
import { formatNumber, parseNumber } from "./core/numbers.js";
import { Scale } from "./core/scale.js";
import { element, mounting } from "./page.js";

let count = 0;

export default mounting((root, data) => new Slider(root, data));

class Slider {
  constructor(root, data) {
    count += 1;
    const id = `live-slider-${count}`;
    meet(data.session);
    this.control = control(data.key);
    this.control.number = Math.max(this.control.number, data.number);
    this.label = element("label", { htmlFor: id, className: "label" });
    this.help = element("span", { className: "help", tabIndex: 0, role: "note" });
    this.field = element("input", {
      type: "text",
      inputMode: "decimal",
      autocomplete: "off",
      spellcheck: false,
      className: "field",
    });
    this.unit = element("span", { className: "unit", ariaHidden: "true" });
    this.range = element("input", { type: "range", id, min: 0, step: 1, className: "range" });
    this.note = element("div", { id: `${id}-note`, className: "note" });
    this.low = element("span");
    this.high = element("span");
    this.box = element(
      "div",
      { className: "slider" },
      element(
        "div",
        { className: "head" },
        this.label,
        this.help,
        element("span", { className: "entry" }, this.field, this.unit),
      ),
      element("div", { className: "track" }, this.range),
      this.note,
      element("div", { className: "ends", ariaHidden: "true" }, this.low, this.high),
    );
    this.#listen();
    root.append(this.box);
  }

  #listen() {
    const { range, field } = this;
    range.addEventListener("pointerdown", () => (this.control.held = true));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
      range.addEventListener(end, () => this.#letGo());
    range.addEventListener("input", () => this.#moveTo(this.scale.at(range.valueAsNumber)));
    range.addEventListener("change", () => this.#settle());
    range.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (direction === undefined) return;
      event.preventDefault();
      this.#moveTo(this.scale.beside(this.value, direction));
      this.#settle();
    });
    field.addEventListener("focus", () => field.select());
    field.addEventListener("blur", () => this.#typed());
    field.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === "Enter") this.#typed();
      else if (event.key === "Escape") this.#abandon();
      else if (direction !== undefined) {
        event.preventDefault();
        this.#abandon();
        this.#moveTo(this.scale.beside(this.value, direction));
        this.#settle();
        field.select();
      }
    });
  }

  #letGo() {
    if (!this.control.held) return;
    this.control.held = false;
    this.#settle();
  }

  #typed() {
    const value = parseNumber(this.field.value);
    const unchanged = this.field.value === this.shown || Number.isNaN(value);
    this.#abandon();
    if (unchanged) return;
    this.#moveTo(this.scale.nearest(value));
    this.#settle();
  }

  #abandon() {
    this.shown = this.field.value;
    this.#show();
  }

  /** The user chose this value. */
  #moveTo(value) {
    if (value === this.value) return;
    this.value = value;
    this.#show();
    this.control.move(value);
    if (this.data.report === "drag") this.#report();
  }

  /** The hand rests: report the value if that is still due. */
  #settle() {
    if (this.value !== this.reported) this.#report();
  }

  #report() {
    this.reported = this.value;
    this.control.report(this.value === Infinity ? "Infinity" : this.value);
  }

  #text(value) {
    return formatNumber(value, { format: this.data.format, decimals: this.scale.decimals });
  }

  #show() {
    const { scale, range, data } = this;
    const text = this.#text(this.value);
    // While someone types, leave the field alone until Enter.
    if (this.field.value === this.shown || this.shown === undefined) this.field.value = text;
    this.shown = text;
    range.value = scale.notchOf(this.value);
    range.style.setProperty("--share", scale.share(this.value));
    range.ariaValueText = data.unit ? `${text} ${data.unit}` : text;
  }

  update({ data, setStateValue }) {
    this.data = data;
    this.scale = new Scale(data);
    this.control.send = ({ key, ...report }) => setStateValue("reports", { [key]: report });
    meet(data.session);
    this.control.answered(data.number);

    const { label, help, field, unit, range, scale } = this;
    label.textContent = data.label;
    help.hidden = !data.help;
    help.ariaLabel = data.help ?? "";
    help.dataset.text = data.help ?? "";
    field.ariaLabel = data.unit ? `${data.label}, in ${data.unit}` : data.label;
    unit.textContent = data.unit ?? "";
    unit.hidden = !data.unit;
    range.max = scale.notches;
    range.disabled = field.disabled = data.disabled;
    this.note.textContent = data.note ?? "";
    this.box.classList.toggle("noted", Boolean(data.note));
    if (data.note) range.setAttribute("aria-describedby", this.note.id);
    else range.removeAttribute("aria-describedby");
    this.low.textContent = this.#text(scale.range.min);
    this.high.textContent = this.#text(scale.range.max);
    const texts = [scale.range.min, scale.range.max, ...(scale.stops ?? [])];
    const widest = Math.max(4, ...texts.map((value) => this.#text(scale.round(value)).length));
    field.style.width = `${widest + 1}ch`;

    const given = Number(data.value);
    if (this.value === undefined || this.control.accepts(data.number))
      this.value = this.reported = this.control.value = given;
    this.#show();
  }

  remove() {
    this.control.held = false;
    // Nobody will answer any more, unless a panel does.
    if (!this.control.carrier) this.control.forget();
    this.box.remove();
  }
}
