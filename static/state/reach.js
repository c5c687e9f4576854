/**
 * What a mark depends on, what depends on it, and the ways from it to another.
 *
 * @import {View} from "../types.js"
 */

/** @typedef {"upstream" | "downstream" | "paths"} Relation */
/** @typedef {{ nodes: Set<string>, edges: Set<string> }} Reach */

/**
 * @param {View} view
 * @param {string} id of a mark
 * @param {Relation} relation
 * @param {string | null} target where paths lead to
 * @returns {Reach}
 */
export function reach(view, id, relation, target) {
  const ahead = () => walk(view, id, "source", "target");
  const behind = () => walk(view, id, "target", "source");
  if (relation === "upstream") return withEdges(view, behind());
  if (relation === "downstream") return withEdges(view, ahead());
  if (target === null || !view.nodes.has(target)) return withEdges(view, new Set([id]));
  const goal = walk(view, target, "target", "source");
  return withEdges(view, new Set([...ahead()].filter((node) => goal.has(node)).concat(id)));
}

/**
 * @param {View} view
 * @param {string} start
 * @param {"source" | "target"} from
 * @param {"source" | "target"} to
 * @returns {Set<string>}
 */
function walk(view, start, from, to) {
  /** @type {Map<string, string[]>} */
  const next = new Map();
  for (const edge of view.edges.values()) {
    const known = next.get(edge[from]);
    if (known) known.push(edge[to]);
    else next.set(edge[from], [edge[to]]);
  }
  const found = new Set([start]);
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}

/** @param {View} view @param {Set<string>} nodes @returns {Reach} */
export function withEdges(view, nodes) {
  const edges = [...view.edges.values()].filter(({ source, target }) => nodes.has(source) && nodes.has(target));
  return { nodes, edges: new Set(edges.map((edge) => edge.id)) };
}
