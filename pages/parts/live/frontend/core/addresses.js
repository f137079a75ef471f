// What stands in the page's address.

/** A query with these parameters in their order, where null leaves one out; others stay as they
 *  are, before them. */
export function withParameters(search, params) {
  const query = new URLSearchParams(search);
  for (const name of Object.keys(params)) query.delete(name);
  for (const [name, text] of Object.entries(params)) if (text !== null) query.set(name, text);
  // Colons and commas are allowed there, and easier to read.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text && `?${text}`;
}
