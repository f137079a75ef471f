// What the live components of a page share: the present value of every control, and the
// rule that a control has one report under way at a time.

/** How long a report may stay unanswered before the next one goes out anyway. */
const PATIENCE = 2000;

/** A key counts as held for this long after it was pressed. */
const KEY_HOLD = 400;

const controls = new Map();

let session; // the one whose answers count

/** A value that a hand changes: a slider, or the handles of a figure. */
class Control {
  constructor(key) {
    this.key = key;
    this.value = undefined;
    this.number = 0; // of the newest report sent
    this.known = 0; // of the newest report that was answered
    this.underway = false;
    this.waiting = undefined; // the newest value not yet sent
    this.held = false;
    this.lastMove = -Infinity;
    this.followers = new Set();
    this.send = () => {};
    this.carrier = undefined; // the panel that answers, and so takes the reports
  }

  /** Whether a hand is on it right now. */
  get active() {
    return this.held || performance.now() - this.lastMove < KEY_HOLD;
  }

  /** Whether an answer knows everything the hand did, so that its value counts. */
  accepts(number) {
    return !this.held && this.waiting === undefined && number >= this.number;
  }

  /** The hand moved: tell the figures that play along. */
  move(value) {
    this.value = value;
    this.lastMove = performance.now();
    this.followers.forEach((follow) => follow(value));
  }

  /** Tell the server; if it is busy, the newest value waits and the others are forgotten. */
  report(value) {
    this.waiting = { value };
    this.#next();
  }

  #next() {
    if (this.underway || !this.waiting) return;
    const { value } = this.waiting;
    this.waiting = undefined;
    this.underway = true;
    this.sent = value;
    this.number += 1;
    this.timer = setTimeout(() => this.#finish(), PATIENCE);
    (this.carrier ?? this.send)({ key: this.key, value, number: this.number, session });
  }

  #finish() {
    clearTimeout(this.timer);
    this.underway = false;
    this.#next();
  }

  /** The session that knew the reports is lost. What had no answer goes out again. */
  startOver() {
    if (this.number > this.known) this.waiting ??= { value: this.sent };
    this.number = this.known = 0;
  }

  /** The answer to a report reached the page: the next one may go. The server works on it
   *  while this page draws; it never holds more than that one. */
  answered(number) {
    this.known = Math.max(this.known, number);
    if (this.underway && number >= this.number) this.#finish();
    else {
      this.number = Math.max(this.number, number);
      this.#next();
    }
  }
}

/** The control of this key; made on first mention, by whichever side comes first. */
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
