// The buttons of a figure as one stop of the Tab key: arrow keys lead from one to the next.

const tended = new WeakSet();

/** Make one stop of these buttons, which plotly makes anew now and then. */
export function oneTabStop(buttons) {
  if (buttons.length === 0 || tended.has(buttons[0])) return;
  const bar = buttons[0].parentElement.parentElement;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Figure");
  const stopAt = (chosen) => {
    for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
  };
  stopAt(buttons[0]);
  for (const [k, button] of buttons.entries()) {
    tended.add(button);
    button.addEventListener("focus", () => stopAt(button));
    button.addEventListener("keydown", (event) => {
      const last = buttons.length - 1;
      const next = { ArrowRight: k + 1, ArrowLeft: k - 1, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      buttons[(next + buttons.length) % buttons.length].focus();
    });
  }
}
