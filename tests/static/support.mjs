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
 * A chain of operators with a skip over every third, as long as is wanted.
 *
 * @param {number} length
 * @returns {TraceBody}
 */
export function chain(length) {
  /** @type {TraceBody} */
  const body = {
    target: `v${length}`,
    graph: { directed: true, multigraph: true, graph: {}, nodes: [], edges: [] },
    scopes: [],
    forward: [],
    backward: [],
  };
  /** @param {string} id @param {"input" | "intermediate"} role */
  const variable = (id, role) => {
    body.graph.nodes.push({
      id, kind: "variable", role, latex: id, shape: [], dtype: "float64", value: 1, gradient: 1, scope: "",
    });
  };
  variable("v0", "input");
  for (let i = 1; i <= length; i += 1) {
    const id = `add:v${i}`;
    body.graph.nodes.push({ id, kind: "operator", op: "add", symbol: "+", latex: "+", attributes: {}, literals: {}, scope: "" });
    variable(`v${i}`, "intermediate");
    body.graph.edges.push({ source: `v${i - 1}`, target: id, key: 0 }, { source: id, target: `v${i}`, key: 0 });
    if (i % 3 === 0) body.graph.edges.push({ source: `v${i - 3}`, target: id, key: 1 });
  }
  return body;
}
