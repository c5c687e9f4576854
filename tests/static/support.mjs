/**
 * Traces for the tests: the chapter's network with real numbers, and small graphs made by hand.
 *
 * @import {TraceBody} from "../../static/types.js"
 */
import { readFile } from "node:fs/promises";

/** @returns {Promise<TraceBody>} */
export async function chapter() {
  return JSON.parse(await readFile(new URL("fixtures/chapter.json", import.meta.url), "utf8"));
}

/** The chapter's figure, as its example describes it. */
export const FIGURE = /** @type {import("../../static/types.js").GridHints} */ ({
  x: [1, 1],
  "matmul:z": [2, 1],
  z: [3, 1],
  "relu:h": [4, 1],
  h: [5, 1],
  "matmul:o": [6, 1],
  o: [7, 1],
  squared_error: [8, 1],
  W1: [2, 2],
  l2: [4, 2],
  W2: [6, 2],
  L: [7, 2],
  y: [8, 2],
  s: [4, 3],
  "add:J": [6, 3],
  J: [8, 3],
});

/**
 * A chain of operators with a skip over every third, as long as is wanted; after `every` of them, if that is given,
 * comes a variable of the top level, and the others are in scopes within one.
 *
 * @param {number} length
 * @param {number} [every]
 * @returns {TraceBody}
 */
export function chain(length, every) {
  /** @type {TraceBody} */
  const body = {
    target: `v${length}`,
    graph: { directed: true, multigraph: true, graph: {}, nodes: [], edges: [] },
    scopes: [],
    forward: [],
    backward: [],
  };
  /** @param {string} id @param {string} parent */
  const scope = (id, parent) => {
    body.scopes.push({
      id, name: id, kind: "function", parent, symbol: id, latex: id, attributes: {},
      inputs: [], outputs: [], forward: [], backward: [],
    });
    return id;
  };
  if (every) scope("s0", "");
  /** @param {string} id @param {"input" | "intermediate"} role @param {string} [inside] */
  const variable = (id, role, inside = "") => {
    body.graph.nodes.push({
      id, kind: "variable", role, latex: id, shape: [], dtype: "float64", value: 1, gradient: 1, scope: inside,
    });
  };
  variable("v0", "input");
  for (let i = 1; i <= length; i += 1) {
    const id = `add:v${i}`;
    if (every && i % every === 1) scope(`s0.t${(i - 1) / every}`, "s0");
    const inside = every ? `s0.t${Math.floor((i - 1) / every)}` : "";
    body.graph.nodes.push({ id, kind: "operator", op: "add", symbol: "+", latex: "+", attributes: {}, literals: {}, scope: inside });
    variable(`v${i}`, "intermediate", every && i % every === 0 ? (i === length ? "" : "s0") : inside);
    body.graph.edges.push({ source: `v${i - 1}`, target: id, key: 0 }, { source: id, target: `v${i}`, key: 0 });
    if (i % 3 === 0) body.graph.edges.push({ source: `v${i - 3}`, target: id, key: 1 });
  }
  return body;
}
