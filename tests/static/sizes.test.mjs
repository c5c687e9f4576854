import assert from "node:assert/strict";
import test from "node:test";
import { sizesKept } from "../../static/state/sizes.js";

const program = "d, n = 4, 8\nk = 3\nx: input[d]\ny = sum(x, axis=0)";

test("a changed size survives an edit that leaves its line as it was", () => {
  const sizes = { n: 16, k: 5 };
  assert.deepEqual(sizesKept(program, `${program}\nz = x * 2`, sizes), sizes);
  assert.deepEqual(sizesKept(program, program.replace("k = 3", "k = 3   # three"), sizes), sizes);
  assert.deepEqual(sizesKept(program, program.replace("k = 3", "k = 4"), sizes), { n: 16 });
  assert.deepEqual(sizesKept(program, program.replace("d, n = 4, 8\n", "d = 4\n"), sizes), { k: 5 });
});
