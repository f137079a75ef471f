// What Streamlit calls again whenever it has something new for a component.

/** The function for Streamlit: one object of `make(root, data)` a place, updated by every call. */
export function mounting(make) {
  const mounted = new WeakMap();
  return (component) => {
    const root = component.parentElement;
    if (!mounted.has(root)) mounted.set(root, make(root, component.data));
    const part = mounted.get(root);
    part.update(component);
    // Streamlit also cleans up after a call that a newer one has overtaken.
    const call = (part.call = (part.call ?? 0) + 1);
    return () => {
      if (part.call !== call) return;
      part.remove();
      mounted.delete(root);
    };
  };
}
