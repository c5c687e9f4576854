/**
 * The trace as the server sent it, indexed: nodes and scopes by name, one list of steps, and the scope that
 * each node belongs to in the picture.
 *
 * @import {OperatorNode, Scope, Trace, TraceBody, VariableNode} from "./types.js"
 */

/**
 * @param {TraceBody} body
 * @returns {Trace}
 */
export function createTrace(body) {
  const nodes = new Map(body.graph.nodes.map((node) => [node.id, node]));
  const scopes = new Map(body.scopes.map((scope) => [scope.id, scope]));
  return {
    target: body.target,
    nodes,
    edges: body.graph.edges,
    scopes,
    steps: [...body.forward, ...body.backward],
    homes: findHomes(body, scopes),
  };
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

/**
 * A node is drawn in the scope that made it, but a constant which only one scope reads sinks into that scope:
 * outside it there is nothing for the constant to do.
 *
 * @param {TraceBody} body
 * @param {Map<string, Scope>} scopes
 * @returns {Map<string, string>}
 */
function findHomes(body, scopes) {
  const homes = new Map(body.graph.nodes.map((node) => [node.id, node.scope]));
  const constants = new Set(
    body.graph.nodes.filter((node) => node.kind === "variable" && node.role === "constant").map((node) => node.id),
  );
  /** @type {Map<string, string[]>} */
  const shared = new Map();
  for (const { source, target } of body.graph.edges) {
    if (!constants.has(source)) continue;
    const path = scopePath(scopes, homes.get(target) ?? "");
    const before = shared.get(source) ?? path;
    const split = before.findIndex((id, i) => id !== path[i]);
    shared.set(source, split < 0 ? before : before.slice(0, split));
  }
  for (const [id, path] of shared) {
    const home = path.at(-1);
    if (home) homes.set(id, home);
  }
  return homes;
}
