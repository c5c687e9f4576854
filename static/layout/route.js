/**
 * Lines between marks whose places are given: straight where the way is clear, else in a bend around what
 * stands in it.
 *
 * @import {Box, Point, View, ViewNode} from "../types.js"
 */
import { boxAround, clears, clip, halfSize } from "./geometry.js";

/** Distance that a line keeps from marks it has no business with. */
const CLEARANCE = 8;
/** How far to the side a bend may go, nearest first, in scene pixels. */
const DETOURS = [56, -56, 96, -96, 144, -144, 208, -208];

/**
 * @param {View} view
 * @param {Map<string, Point>} nodes
 * @param {Map<string, Point[]>} bends points that an edge must pass
 * @param {boolean} [avoiding] whether to look for a way around what stands in a straight line
 * @returns {Map<string, Point[]>}
 */
export function route(view, nodes, bends, avoiding = true) {
  const obstacles = [...(avoiding ? view.nodes.values() : [])].flatMap((node) => {
    const centre = nodes.get(node.id);
    return centre ? [{ id: node.id, box: boxAround(centre, halfSize(node) + CLEARANCE) }] : [];
  });
  /** @type {Map<string, Point[]>} */
  const routes = new Map();
  for (const edge of view.edges.values()) {
    const from = /** @type {Point} */ (nodes.get(edge.source));
    const to = /** @type {Point} */ (nodes.get(edge.target));
    const given = bends.get(edge.id) ?? [];
    const others = obstacles.filter(({ id }) => id !== edge.source && id !== edge.target).map(({ box }) => box);
    const points = given.length > 0 ? [from, ...given, to] : findWay(from, to, others);
    const source = /** @type {ViewNode} */ (view.nodes.get(edge.source));
    const target = /** @type {ViewNode} */ (view.nodes.get(edge.target));
    routes.set(
      edge.id,
      clip(points, { kind: source.kind, centre: from }, { kind: target.kind, centre: to }),
    );
  }
  return routes;
}

/** @param {Point} from @param {Point} to @param {Box[]} obstacles @returns {Point[]} */
function findWay(from, to, obstacles) {
  const straight = [from, to];
  if (isClear(straight, obstacles)) return straight;
  for (const corner of [
    { x: from.x, y: to.y },
    { x: to.x, y: from.y },
  ]) {
    if (isClear([from, corner, to], obstacles)) return [from, corner, to];
  }
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const side = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  for (const offset of DETOURS) {
    const way = [0, 0.2, 0.8, 1].map((t, i) => ({
      x: from.x + t * (to.x - from.x) + (i % 3 === 0 ? 0 : offset * side.x),
      y: from.y + t * (to.y - from.y) + (i % 3 === 0 ? 0 : offset * side.y),
    }));
    if (isClear(way, obstacles)) return way;
  }
  return straight;
}

/** @param {Point[]} way @param {Box[]} obstacles */
function isClear(way, obstacles) {
  return obstacles.every((box) => way.every((point, i) => i === 0 || clears(way[i - 1], point, box)));
}
