// What the live components of a page share: the present value of every control, and the rule that
// each control has at most one report under way.

/** Milliseconds a report may stay unanswered before the next one is sent anyway. */
const PATIENCE = 2000;

/** So often an unanswered report is sent again: a server that has just come back may not know the
 *  page yet, and drops it. A value that arrives twice changes nothing. */
const TRIES = 5;

/** Milliseconds for which a key counts as held after it was pressed. */
const KEY_HOLD = 400;

const controls = new Map();

let session; // the one whose answers count

/** A value that the user changes by hand: a slider, or the handles of a figure. */
class Control {
  constructor(key) {
    this.key = key;
    this.value = undefined;
    this.number = 0; // of the newest report sent
    this.known = 0; // of the newest report that was answered
    this.underway = false;
    this.tries = 0; // how often the newest report was sent again
    this.waiting = undefined; // the newest value not yet sent
    this.held = false;
    this.lastMove = -Infinity;
    this.followers = new Set();
    this.send = () => {};
    this.carrier = undefined; // the panel that answers, and so takes the reports
  }

  /** Whether the user is moving it right now. */
  get active() {
    return this.held || performance.now() - this.lastMove < KEY_HOLD;
  }

  /** Whether an answer covers every move so far, so that its value may replace the present one. */
  accepts(number) {
    return !this.held && this.waiting === undefined && number >= this.number;
  }

  /** The value was moved: tell the figures that follow it. */
  move(value) {
    this.value = value;
    this.lastMove = performance.now();
    this.followers.forEach((follow) => follow(value));
  }

  /** Tell the server. While it is busy only the newest value waits; older ones are dropped. */
  report(value) {
    this.waiting = { value };
    this.tries = 0;
    this.#next();
  }

  #next() {
    if (this.underway || !this.waiting) return;
    const { value } = this.waiting;
    this.waiting = undefined;
    this.underway = true;
    this.sent = value;
    this.number += 1;
    this.timer = setTimeout(() => this.#unanswered(), PATIENCE);
    (this.carrier ?? this.send)({ key: this.key, value, number: this.number, session });
  }

  #unanswered() {
    if (this.waiting === undefined && this.tries < TRIES) {
      this.tries += 1;
      this.waiting = { value: this.sent };
    }
    this.#finish();
  }

  #finish() {
    clearTimeout(this.timer);
    this.underway = false;
    this.#next();
  }

  /** What could answer is gone from the page: no report is under way or waits any more. */
  forget() {
    this.waiting = undefined;
    this.answered(this.number);
  }

  /** The session that knew the reports is lost. What had no answer goes out again. */
  startOver() {
    if (this.number > this.known) this.waiting ??= { value: this.sent };
    this.tries = 0;
    this.number = this.known = 0;
  }

  /** A report was answered, so the next one may be sent: the server computes while the page draws.
   *  The server never has more than one report waiting. */
  answered(number) {
    this.known = Math.max(this.known, number);
    if (this.underway && number >= this.number) this.#finish();
    else {
      this.number = Math.max(this.number, number);
      this.#next();
    }
  }
}

/** The control with this key; the first caller creates it. */
export function control(key) {
  if (!controls.has(key)) controls.set(key, new Control(key));
  return controls.get(key);
}

/** An answer comes from this session: another one than before has counted no reports yet. */
export function meet(answering) {
  if (session !== undefined && session !== answering)
    controls.forEach((each) => each.startOver());
  session = answering;
}

export function anyActive() {
  return [...controls.values()].some((each) => each.active);
}

/** Whether the server does not know yet where each control stands. */
export function anyUnanswered() {
  return [...controls.values()].some(({ underway, waiting }) => underway || waiting !== undefined);
}
