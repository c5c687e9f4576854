/**
 * `/chapter`: a text whose figures, equations and exercises run. Everything it shows is asked of the engine while it
 * is read; all wiring is here.
 *
 * @import {Graph} from "./figures.js"
 */
import { createApi } from "../../state/api.js";
import { defineElement } from "../../embed/element.js";
import { defineTour } from "../../embed/tour.js";
import { linkFonts } from "../../embed/fonts.js";
import { workerAt } from "../../embed/worker.js";
import { createSession } from "../../state/session.js";
import { storeLanguage } from "../../state/storage.js";
import { formatShape } from "../../shared/tensor.js";
import { currentTheme, nextTheme, setTheme } from "../theme.js";
import { variableOf } from "../../state/trace.js";
import { createEquations } from "./equations.js";
import { createExercises } from "./exercises.js";
import { keepLink, shareRun } from "./figures.js";
import { createMemory } from "./memory.js";
import { find, say } from "./messages.js";
import { createTraining } from "./training.js";

// The files lie beside the page, wherever the build puts the part of this script that asks for them.
const at = (/** @type {string} */ file) => new URL(file, document.baseURI).href;
const home = {
  server: at("./"),
  workerUrl: () => workerAt(at("static/layout-worker.js")),
  loadFonts: () => linkFonts(at("static/embed-fonts.css")),
};
defineElement(home);
defineTour(home);

const api = createApi("api/v1/");
const page = find(document, "main");
const graphs = /** @type {Graph[]} */ ([...page.querySelectorAll("tide-graph")]);
const graphOf = (/** @type {string} */ id) => /** @type {Graph} */ (find(page, `#figure-${id} tide-graph`));
const equations = createEquations(page);

const theme = find(document, "#toggle-theme");
const showTheme = () => theme.setAttribute("aria-label", say(document, `theme.${currentTheme()}`));
theme.addEventListener("click", () => {
  setTheme(nextTheme());
  showTheme();
});
showTheme();
for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-language]"))) {
  link.addEventListener("click", () => storeLanguage(link.dataset.language ?? "en"));
}
graphs.forEach(keepLink);

const network = createSession(api);
const chain = createSession(api);
shareRun("network", network, (view) => {
  equations.draw("network", view);
  for (const output of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-shape]"))) {
    output.textContent = formatShape(variableOf(view.trace, output.dataset.shape ?? "")?.shape ?? []);
  }
});
shareRun("chain", chain, (view) => equations.draw("chain", view));
for (const text of page.querySelectorAll("tide-tour")) {
  const graph = find(page, `#${text.getAttribute("for")}`);
  let moment = 0;
  const mark = () => network.view && equations.mark(text, network.view, moment);
  graph.addEventListener("step", (event) => {
    moment = /** @type {CustomEvent} */ (event).detail.moment;
    mark();
  });
  network.on("change", mark);
}

const examples = Object.fromEntries((await api.examples()).map((example) => [example.name, example]));
const { program } = examples.chapter;
await Promise.all([
  network.run({ program }),
  chain.run({ program: graphOf("chain").getAttribute("program") ?? "" }),
]);
createTraining(find(page, "[data-training]"), graphOf("training"), { api, program, network });
createMemory(find(page, "[data-memory]"), graphOf("memory"), { api, program: graphOf("memory").getAttribute("program") ?? "" });
createExercises(page, { api, examples, graphOf });
// What was pressed before it did anything would be lost, or leave the page.
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (page.querySelectorAll("button:disabled"))) button.disabled = false;
