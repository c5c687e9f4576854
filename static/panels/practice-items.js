/**
 * What practice asks: the gradients of a backward pass to be filled in, and what can be predicted of a step.
 *
 * @import {View, ViewStep} from "../types.js"
 */

/**
 * @typedef {object} Item
 * @property {string} id the variable that it is about
 * @property {number[]} shape
 * @property {number} moment steps that are done before this one
 * @property {string} left LaTeX of what the step makes
 * @property {string} question what is asked, as a question's `ask`
 */

/** Gradients that are practised: the last ones of the backward pass, next to the parameters. */
const MOST = 5;
/** Numbers of an array up to which all are asked; of a larger one, a single entry is. */
const WHOLE = 6;
/** A line of the language of questions. @param {(string | null)[]} words */
const line = (...words) => words.filter(Boolean).join(" ");
/** Names that a question can ask about. */
const NAMED = /^[^\W\d][\w.]*$/;

/**
 * The gradients that are complete in the picture, in the order of the backward pass.
 *
 * @param {View} view
 * @returns {Item[]}
 */
export function blanksOf(view) {
  /** @type {Map<string, Item>} */
  const found = new Map();
  view.steps.forEach((step, moment) => {
    const item = gradientOf(view, step, moment);
    if (item) found.set(item.id, item);
  });
  const all = [...found.values()];
  // Data have gradients too, but nobody learns from them, unless there is nothing else.
  const data = (/** @type {Item} */ { id }) => ["input", "target", "constant"].includes(/** @type {any} */ (view.trace.nodes.get(id)).role);
  const learned = all.filter((item) => !data(item));
  return (learned.some(({ id }) => /** @type {any} */ (view.trace.nodes.get(id)).role === "parameter") ? learned : all).slice(-MOST);
}

/** @param {View} view @param {ViewStep} step @param {number} moment @returns {Item | null} */
function gradientOf(view, step, moment) {
  const id = step.variable ?? "";
  const node = view.trace.nodes.get(id);
  if (step.phase !== "backward" || step.kind === "seed" || !step.final || !NAMED.test(id) || node?.kind !== "variable" || node.shape.includes(0)) return null;
  const left = `\\frac{\\partial ${latexOf(view, view.trace.target ?? "J")}}{\\partial ${node.latex}}`;
  return { id, shape: node.shape, moment, left, question: line("gradient", "of", id) };
}

/** @param {View} view @param {string} id */
function latexOf(view, id) {
  const node = view.trace.nodes.get(id);
  return node?.kind === "variable" ? node.latex : id;
}

/** What is asked of a gradient: all of it, or an entry of a large one. @param {Item} item @param {string} seed draws the entry */
export function questionOnGradient({ id, shape }, seed) {
  return shape.reduce((a, b) => a * b, 1) > WHOLE ? line("gradient", "of", id + entry(shape, seed + id)) : line("gradient", "of", id);
}

/**
 * One question on each step that can be asked about: on each value that is made, and on each gradient that is complete.
 *
 * @param {View} view
 * @param {string[]} kinds operator, shape, sign, number: those that are wanted
 * @param {number} seed draws entries
 * @returns {Item[]}
 */
export function predictions(view, kinds, seed) {
  /** @type {Item[]} */
  const found = [];
  /** How the moment before a step is called; null where nothing is complete then. @type {string | null} */
  let before = "";
  let turn = 0;
  view.steps.forEach((step, moment) => {
    const after = before;
    const backward = step.phase === "backward";
    const id = backward ? (step.variable ?? "") : (step.outputs[0] ?? "");
    const node = view.trace.nodes.get(id);
    const complete = !backward || step.final === true;
    before = complete && NAMED.test(id) ? line(backward ? "gradient" : "value", id) : null;
    if (step.kind === "seed" || step.kind === "update" || !complete || !NAMED.test(id) || node?.kind !== "variable" || node.shape.includes(0)) return;
    const of = backward ? "gradient" : "value";
    const one = node.shape.length === 0 ? id : id + entry(node.shape, `${seed}-${moment}`);
    /** @type {Record<string, string | null>} */
    const asks = {
      operator: after === null ? null : after === "" ? "next" : line("next", "after", after),
      shape: node.shape.length === 0 ? null : line("shape", "of", of, id),
      sign: line("sign", "of", of, one),
      number: line(of, "of", one),
    };
    const possible = kinds.filter((kind) => asks[kind]);
    if (possible.length === 0) return;
    const question = /** @type {string} */ (asks[possible[turn % possible.length]]);
    turn += 1;
    found.push({ id, shape: node.shape, moment, left: node.latex, question });
  });
  return found;
}

/** One place in an array, another one for another seed. @param {number[]} shape @param {string} seed */
function entry(shape, seed) {
  let hash = 2166136261;
  for (const letter of seed) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  const index = shape.map((size) => {
    const at = hash % size;
    hash = Math.imul(hash ^ (hash >>> 13), 16777619) >>> 0;
    return at;
  });
  return `[${index.join(", ")}]`;
}
