/** `<script type="module" src=".../static/embed.js">`: graphs in any page, computed by the server that this came from. */
import { defineElement } from "./element.js";

const at = (/** @type {string} */ file) => new URL(file, import.meta.url).href;

defineElement({
  server: at("../"),
  /** A worker has to come from the page's own origin, so it is one line of the page's own that loads ours. */
  workerUrl: () => URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(at("layout-worker.js"))})`])),
  loadFonts() {
    const href = at("embed-fonts.css");
    if (document.querySelector(`link[href="${href}"]`)) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  },
});
