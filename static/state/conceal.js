/**
 * Numbers that are not shown until a question is answered: the trace without them. What is hidden is neither drawn nor
 * written into an equation, and an equation that would tell it has symbols alone.
 *
 * @import {Equation, Scope, Step, TraceBody, TraceNode} from "../types.js"
 */

/** @typedef {{ values: string[], gradients: string[] }} Hidden names of variables */

/** `value z, gradient W1`, or the same as JSON. @param {string | null} text @returns {Hidden | null} */
export function hiddenOf(text) {
  if (!text?.trim()) return null;
  if (text.trim().startsWith("{")) return { values: [], gradients: [], ...JSON.parse(text) };
  /** @type {Hidden} */
  const found = { values: [], gradients: [] };
  for (const part of text.split(",")) {
    const [, of = "value", name] = /^\s*(?:(value|gradient)s?\s+(?:of\s+)?)?(\S+)\s*$/.exec(part) ?? [];
    if (name) found[of === "gradient" ? "gradients" : "values"].push(name);
  }
  return found;
}

/**
 * @template {TraceBody} B
 * @param {B} body
 * @param {Hidden | null} hidden
 * @returns {B}
 */
export function conceal(body, hidden) {
  if (!hidden) return body;
  const [values, gradients] = [new Set(hidden.values), new Set(hidden.gradients)];
  if (values.size + gradients.size === 0) return body;

  /** @param {TraceNode} node @returns {TraceNode} */
  const node = (node) => {
    if (node.kind !== "variable" || !(values.has(node.id) || gradients.has(node.id))) return node;
    const made = { ...node };
    if (values.has(node.id)) made.value = /** @type {any} */ (null);
    if (gradients.has(node.id)) made.gradient = null;
    return made;
  };
  /** @template {Step} S @param {S} step @returns {S} */
  const step = (step) => {
    const reads = [...step.inputs, ...step.outputs].some((id) => values.has(id));
    const owns = step.phase === "backward" && gradients.has(step.variable ?? "");
    if (!reads && !owns && !(step.phase === "backward" && gradients.has(step.through ?? ""))) return step;
    const made = { ...step, equation: symbols(step.equation) };
    if (owns) [made.contribution, made.gradient] = [null, null];
    return made;
  };
  return {
    ...body,
    graph: { ...body.graph, nodes: body.graph.nodes.map(node) },
    scopes: body.scopes.map((/** @type {Scope} */ scope) => ({ ...scope, forward: scope.forward.map(step), backward: scope.backward.map(step) })),
    forward: body.forward.map(step),
    backward: body.backward.map(step),
  };
}

/** An equation without its numbers. @param {Equation} equation @returns {Equation} */
function symbols({ symbolic, chain, left, term, prod }) {
  /** @type {Equation} */
  const found = { symbolic, chain, left, term, prod };
  for (const name of /** @type {(keyof Equation)[]} */ (Object.keys(found))) if (found[name] === undefined) delete found[name];
  return found;
}
