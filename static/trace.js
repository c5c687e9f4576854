/**
 * The trace as the server sent it, indexed: nodes and scopes by name, and one list of steps.
 *
 * @import {OperatorNode, Scope, Trace, TraceBody, VariableNode} from "./types.js"
 */

/**
 * @param {TraceBody} body
 * @returns {Trace}
 */
export function createTrace(body) {
  return {
    target: body.target,
    nodes: new Map(body.graph.nodes.map((node) => [node.id, node])),
    edges: body.graph.edges,
    scopes: new Map(body.scopes.map((scope) => [scope.id, scope])),
    steps: [...body.forward, ...body.backward],
  };
}

/** Loops of no more iterations than this are open at first: one circle would hide what there is to see. */
const FEW = 8;

/**
 * @param {Trace} trace
 * @returns {string[]} the scopes that are open until somebody closes them
 */
export function openAtFirst({ scopes }) {
  const few = [...scopes.values()].filter(({ kind, attributes }) => kind === "loop" && Number(attributes?.count) <= FEW);
  return few.filter(({ parent }) => parent === "").map(({ id }) => id);
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
