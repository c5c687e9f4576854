import assert from "node:assert/strict";
import { test } from "node:test";
import { readSafetensors, toCsv, toNpy, toSafetensors } from "../../static/shared/array-files.js";
import { readNpy } from "../../static/shared/npy.js";

test("arrays leave as files that are read back", async () => {
  const matrix = [[1.5, -2], [0, 1e-300]];
  assert.deepEqual(readNpy(await toNpy(matrix).arrayBuffer()), matrix);
  assert.deepEqual(readNpy(await toNpy([1, 2, 3]).arrayBuffer()), [1, 2, 3]);
  const values = { W: matrix, b: [3], c: 4 };
  assert.deepEqual(readSafetensors(await toSafetensors(values).arrayBuffer()), values);
  assert.equal(toCsv(matrix), "1.5,-2\n0,1e-300\n");
  assert.equal(toCsv([1, 2]), "1\n2\n");
});
