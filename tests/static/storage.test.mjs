import assert from "node:assert/strict";
import test from "node:test";
import { dropProgram, keepProgram, ownPrograms } from "../../static/state/storage.js";

/** @type {Map<string, string>} */
const stored = new Map();
Object.assign(globalThis, {
  localStorage: { getItem: (/** @type {string} */ key) => stored.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value) },
});

test("a program replaces the one it was edited from, and no other of the same name", () => {
  keepProgram("x: input = 1\ny = x", "");
  keepProgram("x: input = 1\ny = x * 2", "x: input = 1\ny = x");
  assert.deepEqual(ownPrograms(), [{ name: "x: input = 1", program: "x: input = 1\ny = x * 2" }]);
  keepProgram("x: input = 1\nz = exp(x)", "# an example");
  keepProgram("# named\na = 1", "");
  assert.deepEqual(ownPrograms().map(({ name }) => name), ["named", "x: input = 1 (2)", "x: input = 1"]);
  dropProgram("x: input = 1");
  assert.deepEqual(ownPrograms().map(({ name }) => name), ["named", "x: input = 1 (2)"]);
});
