import assert from "node:assert/strict";
import test from "node:test";
import { tellKept } from "../../static/state/saved.js";
import { markNames } from "../../static/shared/math.js";
import { derivationLatex } from "../../static/panels/derivation.js";
import { search } from "../../static/panels/search.js";
import { rowsOf, sortRows } from "../../static/panels/table.js";
import { because } from "../../static/panels/because.js";
import { createTrace, variableOf } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chapter } from "./support.mjs";

const trace = createTrace(await chapter());
const view = createView(trace, new Set());

test("a search finds exact names first, operators and closed scopes too", () => {
  assert.equal(search(trace, "W1")[0].id, "W1");
  assert.equal(search(trace, "l2")[0].id, "l2");
  assert.deepEqual(search(trace, "relu").map(({ id }) => id), ["relu:h"]);
  assert.equal(search(trace, "\u03bb")[0].id, "lam");
  assert.deepEqual(search(trace, "  "), []);
});

test("a search calls marks by their symbols and operators by what they do", () => {
  const [made] = search(trace, "matmul:z");
  assert.equal(made.latex, "\\times");
  assert.equal(made.text, trace.steps.find(({ operator }) => operator === "matmul:z")?.text);
  const [inner] = search(trace, "l2.power");
  assert.ok(!/power/.test(inner.text), inner.text);
  assert.match(inner.latex, /mathbf/);
});

test("the table sorts by any figure, what has none last", () => {
  const rows = rowsOf(trace);
  const norms = sortRows(rows, "gradient", true).map(({ cells }) => cells.gradient);
  const known = norms.filter((norm) => norm !== null);
  assert.deepEqual(known, [...known].sort((a, b) => Number(b) - Number(a)));
  assert.deepEqual(sortRows(rows, "name", false).map(({ id }) => id).slice(0, 2), ["h", "J"]);
  assert.equal(rows.find(({ id }) => id === "z")?.cells.made, "\\times");
});

test("a derivation goes from the target to the variable and holds every step between", () => {
  const latex = derivationLatex(view, "W1");
  const lines = latex.split("\n").slice(1, -1);
  assert.match(lines[0], /\\partial J}{\\partial J/);
  assert.match(lines[lines.length - 1], /\\mathbf\{W\}\^\{\(1\)\}\} &= .* \+ /);
  assert.equal(new Set(lines).size, lines.length);
  assert.ok(!latex.includes("\\partial \\mathbf{y}"));
});

test("names in an equation are marked, words that hold them are not", () => {
  assert.equal(markNames("L = \\left( \\lambda L \\right)", ["L", "\\lambda"]), "{\\htmlData{name=0}{L}} = \\left( {\\htmlData{name=1}{\\lambda}} {\\htmlData{name=0}{L}} \\right)");
  assert.equal(markNames("\\mathbf{h}_{2}", ["\\mathbf{h}"]), "\\mathbf{h}_{2}");
});

test("a gradient's shape is explained by its variable's shape and the product it went through", () => {
  const words = because(trace, view, /** @type {any} */ (variableOf(trace, "h")));
  assert.match(words, /the gradient is a vector of 5, as h is/);
  assert.match(words, /o \(a vector of 3\) meets the other factor \(3 \u00d7 5\), transposed/);
  assert.match(because(trace, view, /** @type {any} */ (variableOf(trace, "W1"))), /z \(a vector of 5\) meets the other factor \(a vector of 4\)/);
});

test("what is kept is told for operators and for what closed scopes hold", () => {
  const reads = (/** @type {string} */ operator, /** @type {string} */ variable) => ({ by: [operator], reads: [{ operator, variable }] });
  const kept = [
    { name: "z", bytes: 40, ...reads("relu:h", "z") },
    { name: "W1", bytes: 0, ...reads("power:l2.power", "W1") },
    { name: "h", bytes: 40, ...reads("matmul:o", "W2") },
  ];
  const step = (/** @type {string} */ operator, /** @type {string} */ variable = "") =>
    view.steps.find((one) => one.operator === operator && (variable ? one.variable === variable : one.phase === "forward")) ?? null;
  assert.equal(tellKept(trace, kept, step("relu:h")).words, "Saved for the backward pass: z.");
  assert.equal(tellKept(trace, kept, step("l2")).words, "Saved for the backward pass: W1.");
  assert.equal(tellKept(trace, kept, step("matmul:z")).words, "Nothing is saved for the backward pass.");
  assert.equal(tellKept(trace, kept, step("matmul:o", "W2")).words, "Reads what was saved: h.");
  assert.equal(tellKept(trace, kept, step("matmul:o", "h")).words, "");
  assert.equal(tellKept(trace, kept, step("l2", "W1")).words, "Reads what was saved: W1.");
  assert.equal(tellKept(trace, kept, step("l2", "W2")).words, "");
});
