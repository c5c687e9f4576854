import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { english, languages, load } from "#messages";
import { createCatalogue } from "../../static/i18n/catalogue.js";
import { fill, t } from "../../static/i18n/strings.js";

const root = new URL("../../", import.meta.url);
const ids = new Set(english.body.map(({ id }) => id));
const idOf = (/** @type {string} */ key) => key.replace(/[^\w-]/g, "-");

test("every catalogue is read, and names its language", () => {
  assert.deepEqual(languages, { en: "English", zh: "简体中文" });
});

test("the page names only messages that there are", async () => {
  const page = await readFile(new URL("templates/index.html", root), "utf8");
  const keys = [...page.matchAll(/data-t(?:-label)?="([^"]+)"/g)].map(([, key]) => key);
  assert.ok(keys.length > 20);
  const files = (await readdir(new URL("static/", root), { recursive: true })).filter((name) => name.endsWith(".js") && !name.startsWith("dist"));
  for (const name of files) {
    const source = await readFile(new URL(`static/${name}`, root), "utf8");
    keys.push(...[...source.matchAll(/\bt\("([\w. ]+)"/g)].map(([, key]) => key));
  }
  assert.ok(keys.length > 400);
  assert.deepEqual(keys.filter((key) => !ids.has(idOf(key))), []);
});

test("a message is written by the rules of the server", async () => {
  const catalogue = createCatalogue("zh", [await load("zh"), english]);
  assert.equal(t("table.count", { count: 1200 }), "1,200 variables");
  assert.equal(t("never.written"), "never-written");
  const shape = { name: "x", shape: [5, 4], given: [] };
  assert.equal(t("value-shape", shape), "x has shape [5, 4]; the value given has shape []");
  assert.equal(catalogue.text("value-shape", shape), "x 的形状为 [5, 4]，给出的值的形状为 []");
  const step = {
    outputs: "z",
    size: { code: "size-vector", parameters: { n: 5 } },
    what: { code: "makes-matmul", parameters: { a: "W1", b: "x", operands: ["W1", "x"] } },
  };
  assert.equal(t("step-operator", step), "z, a vector of 5, is the matrix product of W1 and x.");
  assert.match(catalogue.text("step-operator", step), /^z（长度为 5 的向量）是 W1/);
});

test("blanks of the chapter are filled, and what is not known stays", () => {
  assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
  const told = (/** @type {string} */ count) => fill("{count} {count|step|steps}", { count });
  assert.deepEqual(["1", "0", "12"].map(told), ["1 step", "0 steps", "12 steps"]);
});
