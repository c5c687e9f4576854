import assert from "node:assert/strict";
import test from "node:test";
import { adapt } from "../../static/layout/adapt.js";
import { boxAround, clears, HALF_SIDE } from "../../static/layout/geometry.js";
import { figureLayout } from "../../static/layout/figure.js";
import { matchMarks } from "../../static/layout/match.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chain, chapter, FIGURE } from "./support.mjs";

/** @import {Point, TraceBody} from "../../static/types.js" */

const METRICS = { cellX: 112, cellY: 160 };
const body = await chapter();
const view = createView(createTrace(body), new Set());
const before = { view, laid: figureLayout(view, FIGURE, METRICS) };

/** @param {(body: TraceBody) => void} change */
function edited(change) {
  const copy = structuredClone(body);
  change(copy);
  return createView(createTrace(copy), new Set());
}

/** @param {TraceBody} body @param {string} id @param {"parameter" | "intermediate"} role */
function variable({ graph }, id, role) {
  graph.nodes.push({ id, kind: "variable", role, latex: id, shape: [5], dtype: "float64", value: [], gradient: null, scope: "" });
}

/** @param {TraceBody} body @param {string} op @param {string[]} inputs @param {string} output */
function operator({ graph }, op, inputs, output) {
  const id = `${op}:${output}`;
  graph.nodes.push({ id, kind: "operator", op, symbol: op, latex: op, attributes: {}, literals: {}, scope: "" });
  inputs.forEach((source, key) => graph.edges.push({ source, target: id, key }));
  graph.edges.push({ source: id, target: output, key: 0 });
}

/** @param {TraceBody} body @param {string} id */
function drop({ graph }, id) {
  graph.nodes = graph.nodes.filter((node) => node.id !== id);
  graph.edges = graph.edges.filter(({ source, target }) => source !== id && target !== id);
}

/** `z = W1 @ x + b` */
const biased = edited((body) => {
  drop(body, "matmul:z");
  variable(body, "b", "parameter");
  variable(body, "matmul", "intermediate");
  operator(body, "matmul", ["W1", "x"], "matmul");
  operator(body, "add", ["matmul", "b"], "z");
});

/** `h = tanh(z)` */
const other = edited((body) => {
  drop(body, "relu:h");
  operator(body, "tanh", ["z"], "h");
});

test("an operator that does the same, or makes the same, is the same mark", () => {
  const same = matchMarks(view, biased);
  assert.equal(same.get("matmul:matmul"), "matmul:z");
  assert.equal(same.has("add:z"), false);
  assert.equal(matchMarks(view, other).get("tanh:h"), "relu:h");
});

test("another activation stands where the one before it stood, and nothing moves", () => {
  const laid = adapt(other, before);
  assert.ok(laid);
  for (const [id, place] of laid.nodes) assert.deepEqual(place, before.laid.nodes.get(id === "tanh:h" ? "relu:h" : id));
});

test("what is added gets room, what is left of it stays, and the rest moves aside together", () => {
  const laid = adapt(biased, before);
  assert.ok(laid);
  for (const [id, place] of laid.nodes) {
    const old = before.laid.nodes.get(id);
    if (!old) continue;
    const stays = id === "x" || id === "W1";
    assert.deepEqual(place, { x: old.x + (stays ? 0 : 2 * METRICS.cellX), y: old.y });
  }
  const at = (/** @type {string} */ id) => laid.nodes.get(id) ?? { x: NaN, y: NaN };
  assert.deepEqual(at("matmul:matmul"), before.laid.nodes.get("matmul:z"));
  assert.deepEqual(at("b"), { x: at("add:z").x, y: at("add:z").y - METRICS.cellY });
  assert.ok(at("matmul").x < at("add:z").x && at("add:z").x < at("z").x);
  const box = boxAround(at("b"), HALF_SIDE);
  const line = laid.edges.get("W1\u2192l2") ?? [];
  for (let i = 1; i < line.length; i += 1) assert.ok(line[i].x === line[i - 1].x || line[i].y === line[i - 1].y);
  assert.ok(line.length > 2);
  for (let i = 1; i < line.length; i += 1) assert.ok(clears(line[i - 1], line[i], box));
});

test("what is taken away again closes the gap", () => {
  const laid = adapt(biased, before);
  assert.ok(laid);
  const back = adapt(view, { view: biased, laid });
  assert.deepEqual(back?.nodes, before.laid.nodes);
});

test("an open scope stays around what is in it, and nothing else comes between", () => {
  const opened = createView(view.trace, new Set(["l2"]));
  const next = createView(biased.trace, new Set(["l2"]));
  const laid = figureLayout(opened, FIGURE, METRICS);
  const adapted = adapt(next, { view: opened, laid });
  assert.ok(adapted);
  assert.deepEqual(adapted.nodes.get("x"), laid.nodes.get("x"));
  const hull = adapted.hulls.get("l2");
  assert.ok(hull);
  for (const node of next.nodes.values()) {
    const { x, y } = /** @type {Point} */ (adapted.nodes.get(node.id));
    /** @type {boolean} */
    const inside = x > hull.x && x < hull.x + hull.width && y > hull.y && y < hull.y + hull.height;
    assert.equal(inside, node.parent === "l2", node.id);
  }
});

test("a scope with a row of operators opens in its place, and all else keeps its row", () => {
  const body = chain(6, 3);
  const trace = createTrace(body);
  const closed = createView(trace, new Set());
  const opened = createView(trace, new Set(["s0"]));
  const nodes = new Map([...closed.nodes.keys()].map((id, i) => [id, { x: 100 * i, y: 0 }]));
  const edges = new Map([...closed.edges].map(([id, { source, target }]) => [id, [source, target].map((end) => /** @type {Point} */ (nodes.get(end)))]));
  const adapted = adapt(opened, { view: closed, laid: { nodes, edges, hulls: new Map() } });
  assert.ok(adapted);
  for (const [id, { y }] of nodes) if (id !== "s0") assert.equal(adapted.nodes.get(id)?.y, y);
  assert.deepEqual([...adapted.hulls.keys()], ["s0"]);
});

test("a graph that is mostly new is drawn anew", () => {
  const small = edited((body) => {
    for (const { id } of [...body.graph.nodes]) if (!["x", "W1"].includes(id)) drop(body, id);
  });
  assert.equal(adapt(view, { view: small, laid: before.laid }), null);
});
