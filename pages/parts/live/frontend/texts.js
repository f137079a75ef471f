// The text parts of a panel, updated cell by cell and only where they differ.

import { termLink } from "./definitions.js";
import { division, element } from "./page.js";

/** Assigning a text makes the browser lay it out again, so assign it only where it differs. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export class Words {
  constructor() {
    this.text = document.createElement("span");
    this.box = element("p", { className: "live-words" }, this.text);
  }

  update({ text, pieces, quiet, room }) {
    this.box.classList.toggle("quiet", quiet);
    // An unseen text of that length keeps the lines free, at any width.
    this.box.dataset.room = "a mixed model ".repeat(room / 14 + 1).slice(0, room);
    if (text === this.shown) return;
    this.shown = text;
    const made = pieces.map((piece) => piece.term ? termLink(piece.text, piece.term) : piece.text);
    this.text.replaceChildren(...made);
  }
}

export class Table {
  constructor() {
    this.box = division("live-table");
    this.table = document.createElement("table");
    this.box.append(this.table);
    this.head = document.createElement("thead");
    this.body = document.createElement("tbody");
    this.table.append(this.head, this.body);
  }

  update({ columns, rows, alt }) {
    this.table.ariaLabel = alt;
    // The corner names nothing, so it is no heading.
    fill(this.head, [["", ...columns.map(({ title }) => title)]], (column) =>
      column > 0 ? "col" : null);
    for (const [k, { colour, stacked }] of columns.entries()) {
      const cell = this.head.rows[0].cells[k + 1];
      cell.dataset.colour = colour ?? "";
      cell.classList.toggle("stacked", stacked);
    }
    fill(this.body, rows, (column) => (column === 0 ? "row" : null));
  }
}

/** Fill a section of a table with rows of texts, keeping its cells. `scope` gives, for a
 *  column, the scope of its cells if they are headings. */
function fill(section, rows, scope) {
  while (section.rows.length > rows.length) section.deleteRow(-1);
  for (const [k, texts] of rows.entries()) {
    const row = section.rows[k] ?? section.insertRow();
    while (row.cells.length > texts.length) row.deleteCell(-1);
    for (const [column, text] of texts.entries()) {
      if (!row.cells[column]) {
        const head = scope(column);
        const cell = document.createElement(head ? "th" : "td");
        if (head) cell.scope = head;
        row.append(cell);
      }
      setText(row.cells[column], text);
    }
  }
}
