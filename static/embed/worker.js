/** What was made for an address: a page needs one, however many graphs it has. @type {Map<string, string>} */
const made = new Map();

/**
 * A worker has to come from the page's own origin: elsewhere it is one line of the page's own that loads ours.
 *
 * @param {string} url of the layout's worker
 */
export function workerAt(url) {
  if (new URL(url).origin === location.origin) return url;
  const line = made.get(url) ?? URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)})`]));
  made.set(url, line);
  return line;
}
