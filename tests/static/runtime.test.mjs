import assert from "node:assert/strict";
import { test } from "node:test";
import { combine } from "../../static/runtime/combine.js";
import { compilePlan } from "../../static/runtime/plan.js";
import { arrayTex, fill, numberTex } from "../../static/runtime/template.js";
import { createLive } from "../../static/state/live.js";

/** a * b for numbers, and its gradients. @type {any} */
const STRUCTURE = {
  target: "J",
  graph: {
    directed: true,
    multigraph: true,
    graph: {},
    nodes: [
      { id: "a", kind: "variable", role: "parameter", shape: [], differentiated: true },
      { id: "b", kind: "variable", role: "parameter", shape: [], differentiated: true },
      { id: "multiply:J", kind: "operator", op: "multiply" },
      { id: "J", kind: "variable", role: "intermediate", shape: [], differentiated: true },
    ],
    edges: [],
  },
  scopes: [],
  forward: [{ phase: "forward", operator: "multiply:J", outputs: ["J"], equation: { symbolic: "J = a b", numeric: "⟦v:a|3⟧ \\cdot ⦅⟦v:b|3⟧⦆ = ⟦v:J|0⟧" } }],
  backward: [{ phase: "backward", variable: "a", parts: [0], final: true, equation: { numeric: "⟦v:b|0⟧ = ⟦c:0|0⟧", bare: "da", result: "⟦c:0|0⟧" } }],
  costs: { operators: 1, flops: { forward: 1, backward: 0 }, peak_bytes: 8 },
  plan: {
    dtype: "float64",
    arrays: [[[], "float"], [[], "float"], [[], "float"], [[], "float"]],
    constants: [[3, 1]],
    leaves: { a: 0, b: 1 },
    calls: [["multiply", [0, 1], [2], {}]],
    forward: 1,
    values: { a: 0, b: 1, J: 2 },
    gradients: { a: 1, b: 0, J: 3 },
    contributions: [1],
    missing: [],
  },
};

test("slots are filled as tightly as their place needs", () => {
  const numbers = { "v:a": numberTex(-2, 4, false), "v:b": numberTex(3, 4, false), "v:c": numberTex(1e-7, 4, false) };
  for (const [template, text] of [
    ["⟦v:a⟧ = ⟦v:b⟧", "-2 = 3"],
    ["⟦v:a|6⟧^{2}", "\\left(-2\\right)^{2}"],
    ["⟦v:c|6⟧^{2}", "\\left(1 \\times 10^{-7}\\right)^{2}"],
    ["x - ⦅⟦v:a|3⟧⦆", "x - \\left(-2\\right)"],
    ["x - ⦅⦅⟦v:a|3⟧⦆ y⦆", "x - \\left(-2\\right) y"],
    ["x - ⦅⟦v:a|3⟧ y⦆", "x - \\left(-2 y\\right)"],
    ["x - ⦅⟦v:b|3⟧ y⦆", "x - 3 y"],
  ]) {
    assert.equal(fill(template, (key) => numbers[/** @type {keyof typeof numbers} */ (key)]), text);
  }
});

test("large matrices are written by their first and last entries", () => {
  const data = Float64Array.from({ length: 64 }, (_, at) => at);
  const { text } = arrayTex({ data, shape: [8, 8], kind: "float" }, 4, false);
  assert.match(text, /^\\begin{bmatrix} 0 & 1 & 2 & 3 & \\cdots & 7 \\\\/);
  assert.match(text, /\\vdots & \\vdots & \\vdots & \\vdots & \\ddots & \\vdots/);
  assert.equal(arrayTex({ data, shape: [2, 4, 8], kind: "float" }, 4, false).text, "\\left[\\,2 \\times 4 \\times 8\\,\\right]");
});

test("structure and run make a trace whose equations are filled when they are read", () => {
  const plan = compilePlan(STRUCTURE.plan);
  const trace = combine(STRUCTURE, plan.run({ a: -2, b: 3 }), {});
  plan.run({ a: 5, b: 5 });
  assert.equal(trace.forward[0].equation.numeric, "-2 \\cdot 3 = -6");
  assert.equal(trace.backward[0].equation.numeric, "da = 3");
  assert.equal(trace.backward[0].gradient, 3);
  assert.equal(/** @type {any} */ (trace.graph.nodes.find(({ id }) => id === "J")).value, -6);
  assert.equal(trace.first_nonfinite, null);
  assert.equal(combine(STRUCTURE, plan.run({ a: NaN, b: 3 }), {}).first_nonfinite, "a");
  assert.throws(() => plan.run({ a: [1, 2] }), /another shape/);
});

test("the server is asked for a new program, and not for other numbers of one that is known", async () => {
  /** @type {string[]} */
  const asked = [];
  const live = createLive({
    async trace(body) {
      asked.push("trace");
      const values = { a: 2, b: 4, ...body.values };
      return combine(STRUCTURE, compilePlan(STRUCTURE.plan).run(values), {});
    },
    async structure() {
      asked.push("structure");
      return STRUCTURE;
    },
  });
  await live.trace({ program: "J = a * b" });
  for (let round = 0; round < 20 && !live.local; round += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const changed = await live.trace({ program: "J = a * b", values: { a: -3 } });
  assert.equal(changed.forward[0].equation.numeric, "-3 \\cdot 4 = -12");
  assert.deepEqual(asked, ["trace", "structure"]);
  await live.trace({ program: "J = b * a" });
  assert.equal(asked[2], "trace");
  await live.trace({ program: "J = a * b", values: { a: 7 } });
  assert.ok(asked.length <= 5);
});

test("a page without a server computes with what it brings, and says what it cannot", async () => {
  const trace = async () => assert.fail("no server");
  const live = createLive({ trace, known: { structure: STRUCTURE, values: { a: 2, b: 4 } } });
  assert.equal((await live.trace({ program: "", values: { b: 5 } })).forward[0].equation.numeric, "2 \\cdot 5 = 10");
  await assert.rejects(live.trace({ program: "", values: { b: [1, 2] } }), /another shape/);
});
