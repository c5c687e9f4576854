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
/** A level line turns so far from the middle of the mark that it leaves or comes to. */
const TURN = 48;
/** And runs so far above or below the marks at its ends, nearest first. */
const LANES = [52, 68, 104, 156, 208];

/**
 * @param {View} view
 * @param {Map<string, Point>} nodes
 * @param {Map<string, Point[]>} bends points that an edge must pass
 * @param {"straight" | "square" | "as it comes"} [style] straight lines, or level and upright ones, around what stands
 *   in their way; or straight through
 * @returns {Map<string, Point[]>}
 */
export function route(view, nodes, bends, style = "straight") {
  const obstacles = [...(style === "as it comes" ? [] : view.nodes.values())].flatMap((node) => {
    const centre = nodes.get(node.id);
    return centre ? [{ id: node.id, box: boxAround(centre, halfSize(node) + CLEARANCE) }] : [];
  });
  /** @type {Map<string, Point[]>} */
  const ways = new Map();
  /** @type {{ id: string, from: Point, to: Point, others: Box[] }[]} */
  const blocked = [];
  for (const { id, source, target } of view.edges.values()) {
    const from = /** @type {Point} */ (nodes.get(source));
    const to = /** @type {Point} */ (nodes.get(target));
    const way = [from, ...(bends.get(id) ?? []), to];
    const others = obstacles.filter((obstacle) => obstacle.id !== source && obstacle.id !== target).map(({ box }) => box);
    const oblique = style === "square" && Math.abs(from.x - to.x) > 1 && Math.abs(from.y - to.y) > 1;
    if (way.length > 2 || (!oblique && isClear(way, others))) ways.set(id, way);
    else blocked.push({ id, from, to, others });
  }
  for (const { id, from, to, others } of blocked) ways.set(id, findDetour(from, to, others, [...ways.values()], style));

  /** @type {Map<string, Point[]>} */
  const routes = new Map();
  for (const edge of view.edges.values()) {
    const points = /** @type {Point[]} */ (ways.get(edge.id));
    const [from, to] = [points[0], points[points.length - 1]];
    const source = /** @type {ViewNode} */ (view.nodes.get(edge.source));
    const target = /** @type {ViewNode} */ (view.nodes.get(edge.target));
    routes.set(
      edge.id,
      clip(points, { kind: source.kind, centre: from }, { kind: target.kind, centre: to }),
    );
  }
  return routes;
}

/**
 * Of the ways around all obstacles the one that crosses the fewest other lines, and of those the simplest.
 *
 * @param {Point} from
 * @param {Point} to
 * @param {Box[]} obstacles
 * @param {Point[][]} lines
 * @param {"straight" | "square" | "as it comes"} style
 * @returns {Point[]}
 */
function findDetour(from, to, obstacles, lines, style) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const side = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  const corners = [[from, { x: from.x, y: to.y }, to], [from, { x: to.x, y: from.y }, to]];
  const arcs = DETOURS.map((offset) =>
    [0, 0.2, 0.8, 1].map((t, i) => ({
      x: from.x + t * (to.x - from.x) + (i % 3 === 0 ? 0 : offset * side.x),
      y: from.y + t * (to.y - from.y) + (i % 3 === 0 ? 0 : offset * side.y),
    })),
  );
  const ahead = Math.sign(to.x - from.x) * TURN;
  const steps = [to.x - ahead, from.x + ahead].map((x) => [from, { x, y: from.y }, { x, y: to.y }, to]);
  const [low, high] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const around = LANES.flatMap((lane) => [low - lane, high + lane]).map((y) => [
    from,
    { x: from.x + ahead, y: from.y },
    { x: from.x + ahead, y },
    { x: to.x - ahead, y },
    { x: to.x - ahead, y: to.y },
    to,
  ]);
  const ways = (style === "square" ? [...steps, ...around] : [...corners, ...arcs]).filter((way) => isClear(way, obstacles));
  const crossings = ways.map((way) => lines.reduce((sum, line) => sum + countCrossings(way, line), 0));
  return ways[crossings.indexOf(Math.min(...crossings))] ?? [from, to];
}

/** How often the lines of a layout cross. @param {{ edges: Map<string, Point[]> }} layout */
export function countAllCrossings({ edges }) {
  const lines = [...edges.values()];
  return lines.reduce((sum, line, i) => lines.slice(i + 1).reduce((so, other) => so + countCrossings(line, other), sum), 0);
}

/** @param {Point[]} a @param {Point[]} b */
export function countCrossings(a, b) {
  let count = 0;
  for (let i = 1; i < a.length; i += 1) {
    for (let j = 1; j < b.length; j += 1) if (cross(a[i - 1], a[i], b[j - 1], b[j])) count += 1;
  }
  return count;
}

/** Whether two segments cross, touching ends apart. @param {Point} a @param {Point} b @param {Point} c @param {Point} d */
function cross(a, b, c, d) {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** @param {Point} a @param {Point} b @param {Point} c */
function turn(a, b, c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** @param {Point[]} way @param {Box[]} obstacles */
function isClear(way, obstacles) {
  return obstacles.every((box) => way.every((point, i) => i === 0 || clears(way[i - 1], point, box)));
}
