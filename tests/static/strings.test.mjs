import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { compose } from "../../static/strings/sentence.js";
import { en } from "../../static/strings/en.js";
import { fill } from "../../static/strings/strings.js";
import { operators, steps } from "../../static/strings/zh-operators.js";
import * as zh from "../../static/strings/zh.js";
import { createTrace } from "../../static/trace.js";
import { chapter } from "./support.mjs";

const blanks = (/** @type {string} */ sentence) => (sentence.match(/\{\w+\}/g) ?? []).sort();

test("every language says the same things, with the same blanks to fill", () => {
  assert.deepEqual(Object.keys(zh.zh).sort(), Object.keys(en).sort());
  for (const [key, sentence] of Object.entries(en)) {
    assert.deepEqual(blanks(/** @type {Record<string, string>} */ (zh.zh)[key]), blanks(sentence), key);
  }
});

test("the page names only sentences that there are", async () => {
  const page = await readFile(new URL("../../templates/index.html", import.meta.url), "utf8");
  const keys = [...page.matchAll(/data-t(?:-label)?="([^"]+)"/g)].map(([, key]) => key);
  assert.ok(keys.length > 20);
  for (const key of keys) assert.ok(Object.hasOwn(en, key), key);
});

test("blanks are filled, and what is not known stays", () => {
  assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
});

test("every step of the chapter is told in Chinese, no blank left open", async () => {
  const trace = createTrace(await chapter());
  for (const step of trace.steps) {
    const told = compose(step, trace, { ...zh, operators, steps });
    assert.match(told, /[\u4e00-\u9fff]/);
    assert.doesNotMatch(told, /[{}]/);
  }
});
