/**
 * Exercise 3: the memory footprint, from the plan of the network in the sizes that the reader chose.
 *
 * @import {TraceEdge} from "../../types.js"
 * @import {Answer, Lab, Question} from "./exercises.js"
 */
import { make } from "../../shared/dom.js";
import { formatCount, formatTimes } from "../../i18n/format.js";
import { t } from "../../i18n/strings.js";
import { listConditions } from "../../panels/conditions.js";
import { line } from "./equations.js";
import { savedBytes } from "./memory.js";
import { find, say } from "./messages.js";

const BYTES = 8;
/** What is counted, step by step; the first three are asked for. */
const COUNTS = ["parameters", "saved", "prediction", "training"];

/** @param {Lab} lab @returns {Record<string, Question>} */
export function memory({ api, examples, graphOf, part }) {
  const { program } = examples.batch;
  /** What was counted last. @type {{ sizes: Record<string, number>, answer: Answer, formulas: any[], training: number } | null} */
  let counted = null;
  const ratios = [...part.querySelectorAll('[name="ratio"]')].map((one) => Number(/** @type {HTMLInputElement} */ (one).value));
  return {
    memory: {
      async judge(answer) {
        const sizes = sizesOf(answer);
        const [{ footprint, saved, symbolic }, { graph }] = await Promise.all([
          api.ask("memory", { program, sizes, formulas: true }),
          api.trace({ program, sizes }),
        ]);
        counted = { sizes, answer, formulas: symbolic.formulas, training: footprint.training };
        const kept = savedBytes(saved);
        const ratio = footprint.training / footprint.prediction;
        const nearest = ratios.reduce((best, one) => (apart(one, ratio) < apart(best, ratio) ? one : best));
        const [parameters, keeps, holds] = [answer.parameters, answer.saved, answer.prediction].map(Number);
        const says = [];
        if (parameters !== footprint.parameters) says.push(`parameters.${slip(parameters, footprint.parameters)}`);
        if (keeps !== kept) says.push(keeps * BYTES === kept ? "saved.count" : "saved.other");
        if (holds !== footprint.prediction) says.push(`prediction.${missed(holds, footprint)}`);
        if (Number(answer.ratio) !== nearest) says.push("ratio.other");
        const right = says.length === 0;
        const blanks = {
          parameters: formatCount(footprint.parameters),
          training: formatCount(footprint.training),
          prediction: formatCount(footprint.prediction),
          saved: formatCount(kept),
          ratio: formatTimes(ratio, 2),
          given: answer.parameters,
          list: listed(saved, graph.edges),
          target: formatCount(footprint.data - footprint.prediction_data),
        };
        return { right, says: right ? ["right"] : says, blanks };
      },
      set: (given) => {
        const sizes = sizesOf(given);
        if (Object.values(sizes).every((size) => Number.isInteger(size) && size >= 1 && size <= 64)) {
          graphOf("footprint").setAttribute("sizes", JSON.stringify(sizes));
        }
        find(part, "[data-after]").hidden = true;
      },
      after() {
        if (!counted) return;
        const { sizes, answer, formulas, training } = counted;
        find(part, "[data-note]").textContent = say(part, "note", { training: formatCount(training) });
        find(part, "[data-counts]").replaceChildren(...COUNTS.map((name) => row(name, sizes, answer, formulas)));
        find(part, "[data-after]").hidden = false;
      },
    },
  };

  /**
   * One count: its formula, the same in numbers, and what was answered beside what is right.
   *
   * @param {string} name
   * @param {Record<string, number>} sizes
   * @param {Answer} answer
   * @param {any[]} formulas
   */
  function row(name, sizes, answer, formulas) {
    const formula = formulas.find((one) => one.name === name);
    const [bytes, given] = [BYTES * formula.count, answer[name]];
    const right = Number(given) === bytes;
    const own = !given ? [] : [make("span", { class: right ? "own right" : "own wrong" }, say(part, right ? "own.right" : "own.wrong", { given: formatCount(Number(given)) }))];
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, say(part, `count.${name}`)),
      make("td", {}, line(formula.latex), line(formula.here ? `= ${inNumbers(formula.latex, sizes)} = ${formula.count}` : `= ${formula.count}`), ...listConditions(formula.conditions)),
      make("td", { class: "count" }, make("span", {}, say(part, "bytes", { count: formatCount(formula.count), bytes: formatCount(bytes) })), ...own),
    );
  }
}

/** A formula with its sizes in place of their names. @param {string} latex @param {Record<string, number>} sizes */
export function inNumbers(latex, sizes) {
  const letters = new RegExp(`(?<![\\\\A-Za-z])(${Object.keys(sizes).join("|")})(?![A-Za-z])`, "g");
  return latex.replace(letters, (name) => String(sizes[name])).replace(/(\d(?:\^\{\d+\})?) (?=\d)/g, "$1 \\cdot ");
}

/** What a wrong count of a prediction has too much or too little. @param {number} given @param {any} footprint */
function missed(given, { prediction, data, prediction_data: read }) {
  if (given * BYTES === prediction) return "count";
  return given > prediction && given <= prediction + data - read ? "target" : "other";
}

/** @param {Answer} answer @returns {Record<string, number>} */
function sizesOf({ d, h, q, n }) {
  return { d: Number(d), h: Number(h), q: Number(q), n: Number(n) };
}

/** How far two ratios are apart, as factors. @param {number} a @param {number} b */
function apart(a, b) {
  return Math.abs(Math.log(a / b));
}

/** @param {number} given @param {number} wanted */
function slip(given, wanted) {
  if (given * BYTES === wanted) return "count";
  return given * 2 === wanted ? "float32" : "other";
}

/**
 * What is kept for the way back alone, and its bytes. What has no name in the program is called by its operator.
 *
 * @param {{ name: string, bytes: number }[]} saved
 * @param {TraceEdge[]} edges
 */
function listed(saved, edges) {
  return saved
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, bytes }) => `${name.includes(".") ? expression(name, edges) : name} (${formatCount(bytes)})`)
    .join(t("step.comma"));
}

/** @param {string} name @param {TraceEdge[]} edges */
function expression(name, edges) {
  const operator = edges.find(({ target }) => target === name)?.source ?? "";
  const inputs = edges.filter(({ target }) => target === operator).map(({ source }) => source);
  return `${operator.split(":")[0]}(${inputs.join(", ")})`;
}
