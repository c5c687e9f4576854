/**
 * Graphs in the pages of a course: they were run when the site was built, and all they need lies beside this script, which
 * is a classic one, so that a site works from disk too.
 */
/* global tideScript */
import { defineElement } from "./element.js";
import { defineQuestion } from "./question.js";
import { defineTour } from "./tour.js";
import { linkFonts } from "./fonts.js";
import { workerAt } from "./worker.js";

const at = (/** @type {string} */ file) => new URL(file, tideScript.src).href;

const home = {
  server: null,
  workerUrl: () => workerAt(at("layout-worker.js")),
  loadFonts: () => linkFonts(at("embed-fonts.css")),
};
defineElement(home);
defineQuestion(home);
defineTour(home);
