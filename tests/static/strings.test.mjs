import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { compose } from "../../static/i18n/sentence.js";
import { en } from "../../static/i18n/en.js";
import { translate } from "../../static/i18n/errors.js";
import { fill } from "../../static/i18n/strings.js";
import { errors, hints, words } from "../../static/i18n/zh-errors.js";
import { operators, steps, ways } from "../../static/i18n/zh-operators.js";
import * as zh from "../../static/i18n/zh.js";
import { createTrace } from "../../static/state/trace.js";
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
  const told = (/** @type {string} */ count) => fill("{count} {count|step|steps}", { count });
  assert.deepEqual(["1", "0", "12"].map(told), ["1 step", "0 steps", "12 steps"]);
});

test("every step of the chapter is told in Chinese, no blank left open", async () => {
  const trace = createTrace(await chapter());
  for (const step of trace.steps) {
    const told = compose(step, trace, { ...zh, operators, steps, ways });
    assert.match(told, /[\u4e00-\u9fff]/);
    assert.doesNotMatch(told, /[{}]/);
  }
  const back = trace.steps.find(({ kind, operator, variable }) => kind === "contribution" && operator === "matmul:o" && variable === "h");
  assert.ok(back);
  const told = compose({ ...back, how: { key: "transposed", own: "h", result: "o", other: "W2" } }, trace, { ...zh, operators, steps, ways });
  assert.equal(told, "o 处的梯度经 matmul 流回 h，乘以 W2 的转置，得到 ∂J/∂h。");
});

test("what the server has against a request is told in Chinese", () => {
  const told = (/** @type {string} */ sentence) => translate(sentence, errors, words);
  assert.equal(told("rellu is not an operator"), "没有运算符 rellu");
  assert.equal(told("W1 is 5x4, x is 3: inner sizes 4 and 3 differ"), "W1 是 5x4，x 是 3：内侧尺寸 4 与 3 不等");
  assert.equal(told("p of dropout must be known before anything runs"), "dropout 的 p 必须在运行前已知");
  assert.equal(told("W: the cat sat on the mat"), null);
  assert.equal(translate("did you mean relu?", hints, words), "是不是 relu？");
});

test("every blank of an error is filled in its Chinese", () => {
  for (const [english, chinese] of Object.entries({ ...errors, ...hints })) {
    const given = english.split("{}").length - 1;
    const named = [...chinese.matchAll(/\{(\d)\}/g)].map(([, place]) => Number(place));
    if (named.length > 0) assert.ok(Math.max(...named) < given, english);
    else assert.ok(chinese.split("{}").length - 1 <= given, english);
  }
});
