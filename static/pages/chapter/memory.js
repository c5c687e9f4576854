/**
 * What training and prediction hold, as the sizes of the network are moved: bars, a curve over the number of
 * examples, and the engine's counts in symbols.
 *
 * @import {Graph} from "./figures.js"
 */
import { make } from "../../shared/dom.js";
import { formatCount, formatTimes } from "../../i18n/format.js";
import { drawChart } from "../../panels/chart.js";
import { listConditions } from "../../panels/conditions.js";
import { t } from "../../i18n/strings.js";
import { line } from "./equations.js";
import { find, say } from "./messages.js";

/** What the curve runs over: the size that was moved last. */
const POINTS = /** @type {Record<string, number[]>} */ ({
  n: [1, 8, 16, 24, 32, 40, 48, 56, 64],
  h: [1, 8, 16, 24, 32, 40, 48, 56, 64],
  layers: [1, 2, 4, 6, 8, 10, 12, 14, 16],
});
const FORMULAS = ["parameters", "saved", "prediction", "training"];
const PARTS = ["parameters", "data", "gradients", "run"];
/** Two hues are for directions; what memory holds is told apart by lightness. */
const SHARES = /** @type {Record<string, number>} */ ({ parameters: 0.9, data: 0.62, gradients: 0.4, run: 0.18 });

/** @typedef {{ parameters: number, data: number, gradients: number, optimizer: number, training: number, prediction: number }} Footprint */

/**
 * @param {HTMLElement} bench
 * @param {Graph} graph
 * @param {{ api: ReturnType<typeof import("../../state/api.js").createApi>, program: string }} page
 */
export function createMemory(bench, graph, { api, program }) {
  const sliders = /** @type {HTMLInputElement[]} */ ([...bench.querySelectorAll("input[type=range]")]);
  const told = find(bench, "[data-told]");
  const chart = /** @type {HTMLCanvasElement} */ (find(bench, "[data-chart]"));
  /** @type {any[]} */
  let curve = [];
  let along = sliders[0];
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let moving;
  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      name(slider);
      along = slider;
      clearTimeout(moving);
      moving = setTimeout(load, 120);
    });
    name(slider);
  }
  new ResizeObserver(draw).observe(chart);
  load();

  async function load() {
    const mine = (asked += 1);
    const sizes = Object.fromEntries(sliders.map((slider) => [slider.name, Number(slider.value)]));
    try {
      const found = await api.ask("memory", { program, sizes, size: along.name, points: POINTS[along.name] });
      if (mine !== asked) return;
      curve = found.curve;
      show(found);
      draw();
      graph.setAttribute("sizes", JSON.stringify(sizes));
      const { symbolic } = await api.ask("memory", { program, sizes, formulas: true });
      if (mine === asked) list(symbolic);
    } catch (error) {
      if (mine === asked) told.textContent = say(bench, "failed", { message: /** @type {Error} */ (error).message });
    }
  }

  /** @param {any} found */
  function show({ footprint, saved }) {
    const { training, prediction } = footprint;
    told.textContent = say(bench, "told", {
      training: formatCount(training),
      prediction: formatCount(prediction),
      ratio: formatTimes(training / prediction, 2),
      saved: formatCount(savedBytes(saved)),
    });
    find(bench, "[data-stacks]").replaceChildren(
      stack("training", partsOf(footprint), training),
      stack("prediction", forwardPartsOf(footprint), training),
      make("ul", { class: "parts" }, ...PARTS.map((part) => make("li", {}, swatch(part), say(bench, part)))),
    );
  }

  /** @param {any} symbolic */
  function list(symbolic) {
    const rows = FORMULAS.map((part) => {
      const formula = symbolic.formulas.find((/** @type {any} */ one) => one.name === part);
      const symbols = make("td", {}, line(formula.latex), ...listConditions(formula.conditions));
      return make("tr", {}, make("th", { scope: "row" }, say(bench, part)), symbols, make("td", { class: "count" }, formatCount(formula.count)));
    });
    find(bench, "[data-formulas] tbody").replaceChildren(...rows);
  }

  /** @param {"training" | "prediction"} pass @param {Record<string, number>} parts @param {number} most */
  function stack(pass, parts, most) {
    const bar = make("div", { class: "bar", "aria-hidden": "true" });
    for (const part of PARTS) {
      const piece = swatch(part);
      piece.style.width = `${(100 * parts[part]) / most}%`;
      bar.append(piece);
    }
    const list = PARTS.filter((part) => parts[part] > 0).map((part) => `${say(bench, part)} ${formatCount(parts[part])}`);
    return make("div", { class: "stack", "data-pass": pass }, make("span", {}, say(bench, pass)), bar, make("span", { class: "visually-hidden" }, list.join(t("step.comma"))));
  }

  function draw() {
    if (curve.length === 0 || chart.clientWidth === 0) return;
    const points = (/** @type {"training" | "prediction"} */ pass) =>
      /** @type {[number, number][]} */ (curve.map((one) => [one.size, one[pass]]));
    const [first, last] = [curve[0], curve[curve.length - 1]];
    const blanks = {
      size: along.name,
      first: formatCount(first.training),
      last: formatCount(last.training),
      low: formatCount(first.prediction),
      high: formatCount(last.prediction),
    };
    chart.setAttribute("aria-label", say(bench, "chart", blanks));
    drawChart(chart, {
      zero: true,
      format: formatCount,
      mark: Number(along.value),
      series: [
        { name: say(bench, "training"), points: points("training"), ink: "--ink" },
        { name: say(bench, "prediction"), points: points("prediction"), ink: "--ink", share: 0.6, dash: [4, 3] },
      ],
    });
  }
}

/** Bytes that are kept for the way back alone. @param {{ bytes: number }[]} saved */
export function savedBytes(saved) {
  return saved.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @param {Footprint} footprint @returns {Record<string, number>} */
function partsOf({ parameters, data, gradients, optimizer, training }) {
  return { parameters, data, gradients, run: training - parameters - data - gradients - optimizer };
}

/** What a prediction holds: what leads to the output. @param {any} footprint @returns {Record<string, number>} */
function forwardPartsOf({ prediction, prediction_parameters: parameters, prediction_data: data }) {
  return { parameters, data, gradients: 0, run: prediction - parameters - data };
}

/** @param {string} part */
function swatch(part) {
  const piece = make("i");
  piece.style.background = `color-mix(in oklab, var(--ink) ${100 * SHARES[part]}%, var(--surface))`;
  return piece;
}

/** @param {HTMLInputElement} slider */
function name(slider) {
  const output = slider.parentElement?.querySelector("output");
  if (output) output.textContent = slider.value;
}
