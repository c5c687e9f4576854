/**
 * A worker has to come from the page's own origin: elsewhere it is one line of the page's own that loads ours.
 *
 * @param {string} url of the layout's worker
 */
export function workerAt(url) {
  if (new URL(url).origin === location.origin) return url;
  return URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)})`]));
}
