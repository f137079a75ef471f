// What stands in the page's address.

/** A value as text for the address; null, which means left out, for the default. */
export function addressText(value, defaultValue) {
  return value === defaultValue ? null : String(value);
}

/** The address with this parameter set to a text, or without it for null. */
export function withParameter(address, name, text) {
  const url = new URL(address);
  if (url.searchParams.get(name) === text) return address;
  if (text === null) url.searchParams.delete(name);
  else url.searchParams.set(name, text);
  return url.href;
}
