/** Which entries an entry is computed with, as the kernels themselves read them. */
import assert from "node:assert/strict";
import test from "node:test";
import { sliceOf } from "../../static/panels/provenance.js";
import { readEntries } from "../../static/runtime/provenance.js";

/** @param {import("../../static/types.js").PagePlan["arrays"]} arrays @param {import("../../static/types.js").PagePlan["calls"]} calls */
const planOf = (arrays, calls) => ({
  dtype: /** @type {const} */ ("float64"), arrays, constants: [], calls, forward: calls.length, values: {}, gradients: {}, contributions: [], missing: [],
  leaves: Object.fromEntries(arrays.map((_, at) => [`a${at}`, at])),
});
/** @param {any[]} found @param {number[][]} shapes */
const slices = (found, shapes) => found.map((marks, i) => (marks.includes(1) ? sliceOf({ id: "", of: "value", shape: shapes[i], marks }) : null));

test("a product reads a row and a column, also where their numbers are zero", () => {
  const plan = planOf([[[2, 3], "float"], [[3, 2], "float"], [[2, 2], "float"]], [["matmul", [0, 1], [2], {}]]);
  const found = readEntries(plan, { a0: [0, 0, 0, 1, 2, 3], a1: [0, 1, 0, 1, 0, 1] }, [2], 1, [0, 1]);
  assert.deepEqual(slices(found, [[2, 3], [3, 2]]), ["[0, :]", "[:, 1]"]);
});

test("a chain of calls is followed to the entries that it begins with", () => {
  const plan = planOf([[[2, 3], "float"], [[3], "float"], [[2], "float"], [[2], "float"]], [["matmul", [0, 1], [2], {}], ["relu", [2], [3], {}]]);
  const values = { a0: [1, 2, 3, 4, 5, 6], a1: [1, 1, 1] };
  assert.deepEqual(slices(readEntries(plan, values, [3], 1, [0, 1]), [[2, 3], [3]]), ["[1, :]", ""]);
  // What reaches the result by way of another operand is told of that one.
  assert.deepEqual(slices(readEntries(plan, values, [3], 1, [0, 2]), [[2, 3], [2]]), [null, "[1]"]);
});

test("what only decides is found by trying another number", () => {
  const plan = planOf([[[2], "float"], [[2], "float"], [[2], "bool"], [[2], "float"], [[2], "float"]], [
    ["greater", [0, 1], [2], {}],
    ["where", [2, 3, 1], [4], {}],
  ]);
  const found = readEntries(plan, { a0: [2, -2], a1: [0, 0], a3: [5, 5] }, [4], 0, [0, 3]);
  assert.deepEqual(slices(found, [[2], [2]]), ["[0]", "[0]"]);
});

test("what is NaN already cannot be traced", () => {
  const plan = planOf([[[2], "float"], [[2], "float"]], [["relu", [0], [1], {}]]);
  assert.deepEqual(readEntries(plan, { a0: ["NaN", 1] }, [1], 0, [0]), [null]);
});
