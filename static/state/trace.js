/**
 * The trace as the server sent it, indexed: nodes and scopes by name, and one list of steps.
 *
 * @import {OperatorNode, Scope, Step, Trace, TraceBody, Update, VariableNode} from "../types.js"
 */

/**
 * @param {TraceBody} body
 * @param {Update[]} [updates] what the training step whose passes these are does in the end
 * @returns {Trace}
 */
export function createTrace(body, updates = []) {
  return {
    target: body.target,
    nodes: new Map(body.graph.nodes.map((node) => [node.id, node])),
    edges: body.graph.edges,
    scopes: new Map(body.scopes.map((scope) => [scope.id, scope])),
    steps: [...body.forward, ...body.backward, ...updates.map(updateStep)],
    warnings: body.warnings ?? [],
    ties: body.ties ?? [],
    outline: body.outline ?? null,
    orders: ordersOf(body),
    folded: body.orders !== undefined && Object.values(body.orders).every((order) => order === 1),
  };
}

/** @param {Update} update @returns {Step} */
function updateStep({ variable, after, symbolic, numeric, text }) {
  const equation = { symbolic: symbolic.join(",\\quad "), numeric };
  return { phase: "update", kind: "update", operator: null, scope: "", inputs: [variable], outputs: [variable], variable, after, equation, text };
}

/** Loops of no more iterations than this are open at first: one circle would hide what there is to see. */
const FEW = 10;

/**
 * @param {Trace} trace
 * @returns {string[]} the scopes that are open until somebody closes them
 */
export function openAtFirst({ scopes }) {
  const few = [...scopes.values()].filter(({ kind, attributes }) => kind === "loop" && Number(attributes?.count) <= FEW);
  return few.filter(({ parent }) => parent === "").map(({ id }) => id);
}

/** An operator is of the order of what it computes. @param {TraceBody} body @returns {Map<string, number>} */
function ordersOf({ graph, orders = {} }) {
  const found = new Map(Object.entries(orders));
  for (const { source, target } of found.size > 0 ? graph.edges : []) {
    const order = orders[target];
    if (order) found.set(source, order);
  }
  return found;
}

/**
 * Which way a step leads: of a level of differentiation the backward pass is a part of the graph like any other.
 *
 * @param {Trace} trace
 * @param {Step} step
 */
export function directionOf(trace, step) {
  return trace.folded && trace.orders.has(step.operator ?? "") ? "backward" : step.phase;
}

/**
 * The scopes around a scope, itself included, outermost first.
 *
 * @param {Map<string, Scope>} scopes
 * @param {string} id
 * @returns {string[]}
 */
export function scopePath(scopes, id) {
  const path = [];
  for (let at = scopes.get(id); at; at = scopes.get(at.parent)) path.push(at.id);
  return path.reverse();
}

/**
 * @param {Trace} trace
 * @param {string} id
 * @returns {VariableNode | null}
 */
export function variableOf(trace, id) {
  const node = trace.nodes.get(id);
  return node?.kind === "variable" ? node : null;
}

/**
 * @param {Trace} trace
 * @param {string} id
 * @returns {OperatorNode | null}
 */
export function operatorOf(trace, id) {
  const node = trace.nodes.get(id);
  return node?.kind === "operator" ? node : null;
}

/** The program's line that a step is about. @param {Trace} trace @param {Step | undefined} step @returns {number | null} */
export function lineOfStep(trace, step) {
  const id = step?.operator ?? step?.variable ?? "";
  return trace.nodes.get(id)?.line ?? trace.scopes.get(id)?.line ?? null;
}
