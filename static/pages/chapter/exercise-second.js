/**
 * Exercise 4: second derivatives. What each level of differentiation costs is what the engine plans and measures, and
 * the graph of each level can be looked at.
 *
 * @import {Lab, Question} from "./exercises.js"
 */
import { make } from "../../shared/dom.js";
import { formatCount, formatTimes } from "../../i18n/format.js";
import { find, say } from "./messages.js";

/** What "a few times" stands for where it is told from "no more" and from "once for each parameter". */
const FEW = 3;
const MILLI = 1e3;

/** @typedef {{ name: string, operators: number, flops: number, bytes: number, seconds: number | null, measured: boolean }} Level */

/** @param {Lab} lab @returns {Record<string, Question>} */
export function second({ api, examples, graphOf, part }) {
  let network = /** @type {HTMLSelectElement} */ (find(part, "select")).value;
  const levelsOf = () => api.ask("levels", { program: examples[network].program });
  const views = find(part, "[data-views]");
  let turn = 0;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (views.querySelectorAll("[data-level]"))) {
    button.addEventListener("click", () => look(button.dataset.level ?? "value"));
  }

  return {
    second: {
      async judge({ graph, time, runs }) {
        const { levels, size } = await levelsOf();
        const [value, gradient, product] = /** @type {Level[]} */ (levels);
        const ratio = product.operators / value.operators;
        const given = Number(runs);
        const says = [];
        if (graph !== sizeOf(ratio, size)) says.push("graph.other");
        const work = product.flops / value.flops;
        if (time !== sizeOf(work, size)) says.push("time.other");
        if (given !== size) says.push(given === size ** 2 ? "runs.entries" : given === (size * (size + 1)) / 2 ? "runs.half" : "runs.other");
        const blanks = {
          value: value.operators,
          gradient: gradient.operators,
          product: product.operators,
          ratio: formatTimes(ratio, 2),
          work: formatTimes(work, 2),
          measured: product.seconds && value.seconds ? formatTimes(product.seconds / value.seconds, 2) : "\u2013",
          size,
          entries: formatCount(size ** 2),
        };
        return { right: says.length === 0, says: says.length === 0 ? ["right"] : says, blanks };
      },
      set: ({ network: name }) => {
        network = name;
        look("value");
        find(part, "[data-after]").hidden = true;
      },
      async after() {
        const { levels } = await levelsOf();
        find(part, "[data-levels]").replaceChildren(...levels.map(row));
        find(part, "[data-after]").hidden = false;
        await look("gradient");
      },
    },
  };

  /** @param {Level} level */
  function row({ name, operators, flops, bytes, seconds, measured }) {
    const time = seconds === null ? "\u2013" : `${measured ? "" : "\u2248\u2009"}${formatTimes(seconds * MILLI)}`;
    const cells = [operators, flops, bytes].map(formatCount);
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, say(part, `level.${name}`)),
      ...[...cells, time].map((text) => make("td", { class: "count" }, text)),
    );
  }

  /** Draws the graph of a level. @param {string} level */
  async function look(level) {
    const mine = (turn += 1);
    const graph = /** @type {HTMLElement} */ (graphOf("second").cloneNode());
    graph.removeAttribute("example");
    if (level === "value") graph.setAttribute("example", network);
    else {
      const picture = await api.ask("levels/picture", { program: examples[network].program, level });
      if (mine !== turn) return;
      graph.append(make("script", { type: "application/json", text: JSON.stringify(picture) }));
    }
    graphOf("second").replaceWith(graph);
    /** @type {HTMLAnchorElement} */ (find(part, "[data-workspace]")).href = `./#example=${network}&panel=curvature`;
    for (const button of views.querySelectorAll("[data-level]")) {
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.level === level));
    }
  }
}

/** @param {number} ratio @param {number} size how many parameters there are */
function sizeOf(ratio, size) {
  if (ratio <= 1.1) return "same";
  return Math.abs(Math.log(ratio / FEW)) <= Math.abs(Math.log(ratio / size)) ? "few" : "size";
}
