// Reports of several components, one after the other.

/** Whose report Streamlit has not sent yet. */
let taken;

/** Report now, or right after the reports of others.
 *
 *  Streamlit sends what is reported in one task as one message, for the fragment of the first: what
 *  another fragment shows would not follow its own report. */
export function inTurn(who, report) {
  if (taken !== undefined && taken !== who) {
    setTimeout(() => inTurn(who, report));
    return;
  }
  report();
  if (taken === who) return;
  taken = who;
  // After Streamlit's own timer, which the report has set.
  setTimeout(() => (taken = undefined));
}
