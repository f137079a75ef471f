/** A `div` of this class. */
export function division(className) {
  const made = document.createElement("div");
  made.className = className;
  return made;
}
