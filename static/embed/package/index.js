/** The element as a package: it knows no server but the one that its attribute `server` names. */
import { defineElement } from "../element.js";
import { linkFonts } from "../fonts.js";
import { workerAt } from "../worker.js";

const at = (/** @type {string} */ file) => new URL(file, import.meta.url).href;

defineElement({
  server: null,
  workerUrl: () => workerAt(at("layout-worker.js")),
  loadFonts: () => linkFonts(at("embed-fonts.css")),
});
