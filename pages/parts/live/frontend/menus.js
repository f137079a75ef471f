// A menu that closes gives the focus back to the button that opened it: Streamlit's leave it to the
// page's body, from where a keyboard has to start anew.

let opener;

document.addEventListener("focusin", ({ target, relatedTarget }) => {
  if (target.closest("[role=menu]") && relatedTarget && !relatedTarget.closest("[role=menu]"))
    opener = relatedTarget;
});

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!target.closest("[role=menu]") || relatedTarget) return;
  // Whoever closes the menu may still move the focus.
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) opener?.focus();
  });
});
