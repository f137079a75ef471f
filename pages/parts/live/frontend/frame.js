// What every page has around its content: changes read out, and terms that explain themselves.

import { Announcer } from "./announcer.js";
import { Definitions } from "./definitions.js";
import { mounting } from "./page.js";

export default mounting((root) => new Frame(root));

class Frame {
  constructor(root) {
    this.announcer = new Announcer();
    this.definitions = new Definitions(root, this.announcer);
  }

  update({ data }) {
    this.definitions.meanings = data.meanings;
  }

  remove() {
    this.announcer.remove();
    this.definitions.remove();
  }
}
