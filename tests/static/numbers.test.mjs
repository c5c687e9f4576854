import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { writeNumber } from "../../static/shared/numbers.js";

test("numbers are written as the engine writes them", async () => {
  const vectors = JSON.parse(await readFile(new URL("../vectors/numbers.json", import.meta.url), "utf8"));
  assert.ok(vectors.length > 400);
  for (const [value, digits, scientific, text] of vectors) {
    assert.equal(writeNumber(Number(value), digits, scientific), text, `${value} to ${digits} digits`);
  }
});
