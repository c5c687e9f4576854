/**
 * Exercise 3: the memory footprint, from the plan of the network in the sizes that the reader chose.
 *
 * @import {TraceEdge} from "../../types.js"
 * @import {Answer, Lab, Question} from "./exercises.js"
 */
import { formatCount, formatTimes } from "../../i18n/format.js";
import { t } from "../../i18n/strings.js";
import { resized, savedBytes } from "./memory.js";

const BYTES = 8;

/** @param {Lab} lab @returns {Record<string, Question>} */
export function memory({ api, examples, graphOf, part }) {
  const { program } = examples.batch;
  const ratios = [...part.querySelectorAll('[name="ratio"]')].map((one) => Number(/** @type {HTMLInputElement} */ (one).value));
  return {
    memory: {
      async judge(answer) {
        const sizes = sizesOf(answer);
        const [{ footprint, saved }, { graph }] = await Promise.all([
          api.ask("memory", { program, sizes }),
          api.trace({ program, sizes }),
        ]);
        const kept = savedBytes(saved);
        const ratio = footprint.training / footprint.prediction;
        const nearest = ratios.reduce((best, one) => (apart(one, ratio) < apart(best, ratio) ? one : best));
        const [parameters, keeps] = [Number(answer.parameters), Number(answer.saved)];
        const says = [];
        if (parameters !== footprint.parameters) says.push(`parameters.${slip(parameters, footprint.parameters)}`);
        if (keeps !== kept) says.push(keeps * BYTES === kept ? "saved.count" : "saved.other");
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
        };
        return { right, says: right ? ["right"] : says, blanks };
      },
      set: (given) => {
        const sizes = sizesOf(given);
        if (Object.values(sizes).every((size) => Number.isInteger(size) && size >= 1 && size <= 64)) {
          graphOf("footprint").setAttribute("program", resized(program, sizes));
        }
      },
    },
  };
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
