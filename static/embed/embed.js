/** `<script type="module" src=".../static/embed.js">`: graphs in any page, computed by the server that this came from. */
import { defineElement } from "./element.js";
import { defineQuestion } from "./question.js";
import { defineTour } from "./tour.js";
import { linkFonts } from "./fonts.js";
import { workerAt } from "./worker.js";

const at = (/** @type {string} */ file) => new URL(file, import.meta.url).href;

const home = {
  server: at("../"),
  workerUrl: () => workerAt(at("layout-worker.js")),
  loadFonts: () => linkFonts(at("embed-fonts.css")),
};
defineElement(home);
defineQuestion(home);
defineTour(home);
