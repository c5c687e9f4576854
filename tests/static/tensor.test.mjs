import assert from "node:assert/strict";
import { test } from "node:test";
import { formatShape, magnitude, reduceRows, toRows, withEntry } from "../../static/shared/tensor.js";

test("a vector stands upright, a scalar is one cell, more axes are stacked", () => {
  assert.deepEqual(toRows([1, 2]), [[1], [2]]);
  assert.deepEqual(toRows(5), [[5]]);
  assert.deepEqual(toRows([[[1, 2]], [[3, 4]]]), [[1, 2], [3, 4]]);
});

test("what is not finite is read, and does not stretch the scale", () => {
  const rows = toRows([1, "NaN", "-Infinity"]);
  assert.ok(Number.isNaN(rows[1][0]));
  assert.equal(rows[2][0], -Infinity);
  assert.equal(magnitude(rows), 1);
});

test("large pictures are reduced by block means", () => {
  assert.deepEqual(reduceRows([[1, 3], [5, 7]], 1), [[4]]);
  assert.deepEqual(reduceRows([[1, 2, 3, 4]], 2), [[1.5, 3.5]]);
  const rows = [[1, 2]];
  assert.equal(reduceRows(rows, 2), rows);
});

test("one entry is replaced and the original stays", () => {
  const tensor = [[1, 2], [3, 4]];
  assert.deepEqual(withEntry(tensor, [1, 0], 9), [[1, 2], [9, 4]]);
  assert.deepEqual(tensor, [[1, 2], [3, 4]]);
  assert.equal(withEntry(1, [], 2), 2);
});

test("shapes are words", () => {
  assert.equal(formatShape([]), "scalar");
  assert.equal(formatShape([5, 4]), "5 \u00d7 4");
});
