/** `<script type="module" src=".../static/embed.js">`: graphs in any page, computed by the server that this came from. */
import { defineElement } from "./element.js";

const at = (/** @type {string} */ file) => new URL(file, import.meta.url).href;

/** A worker has to come from the page's own origin: elsewhere it is one line of the page's own that loads ours. */
function workerUrl() {
  const url = at("layout-worker.js");
  if (new URL(url).origin === location.origin) return url;
  return URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)})`]));
}

defineElement({
  server: at("../"),
  workerUrl,
  loadFonts() {
    const href = at("embed-fonts.css");
    if (document.querySelector(`link[href="${href}"]`)) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  },
});
