/** Graphs in a file that no server stands behind: what was recorded is played, and all of it is in the page. */
import { defineElement } from "./element.js";
import { defineQuestion } from "./question.js";
import { defineTour } from "./tour.js";

/** The layout's worker lies in the page as text. */
function workerUrl() {
  const held = document.getElementById("tide-layout")?.textContent ?? "";
  return URL.createObjectURL(new Blob([held]));
}

/** A notebook shows the file in a frame, and has its own way of being dark; of another origin there is no telling. */
const home = { server: null, workerUrl, loadFonts() {}, frame: window.frameElement };
defineElement(home);
defineQuestion(home);
defineTour(home);

/** A notebook reads back the numbers that a reader changed, and the answers to questions. */
for (const name of ["values", "answer"]) {
  document.addEventListener(name, (event) => {
    if (parent !== window) parent.postMessage({ source: "tidegraph", event: name, .../** @type {CustomEvent} */ (event).detail }, "*");
  });
}
