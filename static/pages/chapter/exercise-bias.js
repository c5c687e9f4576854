/**
 * Exercise 2: the network with a bias. Marks are counted in the two graphs as they are drawn; a proposed gradient is
 * worked out by the engine and laid beside the one that backpropagation finds.
 *
 * @import {View} from "../../types.js"
 * @import {Lab, Question} from "./exercises.js"
 */
import { make } from "../../shared/dom.js";
import { formatNumber } from "../../i18n/format.js";
import { formatShape } from "../../shared/tensor.js";
import { createTrace } from "../../state/trace.js";
import { createView, momentOf } from "../../state/view.js";
import { line } from "./equations.js";
import { shapeOf } from "./exercise-shape.js";
import { find } from "./messages.js";

/** Equations beside each other: which moment of either graph. */
const BESIDE = ["value z", "gradient z", "gradient b", "gradient W1"];
const EXACT = 1e-12;

/** @param {Lab} lab @returns {Record<string, Question>} */
export function bias({ api, examples, part }) {
  const viewOf = async (/** @type {string} */ name) =>
    createView(createTrace(await api.trace({ program: examples[name].program })), new Set());

  return {
    graph: {
      async judge({ squares, circles }) {
        const [without, having] = await Promise.all([viewOf("chapter"), viewOf("bias")]);
        const added = (/** @type {"variable" | "operator"} */ kind) => count(having, kind) - count(without, kind);
        const blanks = { squares: added("variable"), circles: added("operator") };
        const told = "graph.told";
        const [many, round] = [Number(squares), Number(circles)];
        if (many === blanks.squares && round === blanks.circles) return { right: true, says: ["graph.right"], blanks, told };
        if (many === blanks.squares) return { right: false, says: ["graph.circle"], blanks, told };
        return { right: false, says: [many === blanks.squares - 1 ? "graph.product" : "graph.other"], blanks, told };
      },
      after: show,
    },
    gradient: {
      async judge({ gradient }) {
        const { values, gradients } = await api.ask("gradients", { program: examples.bias.program });
        const proposed = await api.ask("gradients", {
          program: `g: input[${shapeOf(gradients.z)}]\nx: input[${shapeOf(values.x)}]\nb: input[${shapeOf(values.b)}]\nlam: input\nr = ${gradient}`,
          values: { g: gradients.z, x: values.x, b: values.b, lam: values.lam },
        });
        const [given, wanted] = [proposed.values.r, gradients.b];
        const fits = String(shapeOf(given)) === String(shapeOf(wanted));
        const difference = fits ? Math.max(...given.map((/** @type {number} */ one, /** @type {number} */ i) => Math.abs(one - wanted[i]))) : NaN;
        const blanks = { given: formatShape(shapeOf(given)) || "1", wanted: formatShape(shapeOf(wanted)), difference: formatNumber(difference) };
        const says = [!fits ? "gradient.shape" : difference < EXACT ? "gradient.right" : "gradient.penalty"];
        return { right: says[0] === "gradient.right", says, blanks, told: "gradient.told" };
      },
      after: show,
    },
  };

  /** The graph with a bias, and both sets of equations. */
  async function show() {
    const after = find(part, "[data-after]");
    if (!after.hidden) return;
    const views = await Promise.all([viewOf("chapter"), viewOf("bias")]);
    const heads = [...part.querySelectorAll(".beside thead th")].map((head) => head.textContent ?? "");
    find(part, "[data-beside]").replaceChildren(
      ...BESIDE.map((words) => make("tr", {}, ...views.map((view, i) => cell(view, words, heads[i])))),
    );
    after.hidden = false;
  }
}

/** @param {View} view @param {string} words @param {string} head what the column is */
function cell(view, words, head) {
  const step = view.steps[momentOf(view, words) - 1];
  return make("td", { "data-head": head }, ...(step ? [line(step.equation.symbolic ?? "")] : ["\u2013"]));
}

/** @param {View} view @param {"variable" | "operator"} kind */
function count(view, kind) {
  return [...view.nodes.values()].filter((node) => node.kind === kind).length;
}
