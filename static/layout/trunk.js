/**
 * Lines that leave one mark and run on side by side become one trunk with branches: what is read in many places is
 * one thing, and is drawn as one. A branch is moved onto the trunk only where that costs nothing: no mark in its
 * way, no more crossings than before.
 *
 * @import {Layout, Point, View} from "../types.js"
 */
import { boxAround, clears, halfSize } from "./geometry.js";
import { countCrossings } from "./route.js";

/** Lines closer than this could not be told apart. */
const CLOSE = 6;
/** A branch may be this much longer than the line was. */
const LONGER = 64;
/** Trunks of other marks that get out of the way make room for more. */
const ROUNDS = 3;

/**
 * @param {View} view
 * @param {Layout} layout
 * @returns {Layout}
 */
export function bundle(view, layout) {
  const edges = new Map(layout.edges);
  /** @type {Map<string, string[]>} */
  const leaving = new Map();
  for (const { id, source } of view.edges.values()) leaving.set(source, [...(leaving.get(source) ?? []), id]);
  const marks = [...view.nodes.values()].map((node) => ({
    id: node.id,
    box: boxAround(/** @type {Point} */ (layout.nodes.get(node.id)), halfSize(node)),
  }));
  for (let round = 0, changed = true; changed && round < ROUNDS; round += 1) {
    changed = false;
    for (const [source, ids] of leaving) {
      if (ids.length < 2) continue;
      const own = new Set(ids);
      const line = (/** @type {string} */ id) => /** @type {Point[]} */ (edges.get(id));
      const [first, ...others] = ids.sort((a, b) => reach(line(b)) - reach(line(a)));
      const trunks = [line(first)];
      for (const id of others) {
        const known = line(id);
        const target = view.edges.get(id)?.target;
        const obstacles = marks.filter((mark) => mark.id !== source && mark.id !== target).map(({ box }) => box);
        const strangers = [...edges].filter(([other]) => !own.has(other)).map(([, points]) => points);
        const crossings = (/** @type {Point[]} */ way) => strangers.reduce((sum, other) => sum + countCrossings(way, other), 0);
        const most = crossings(known);
        const way = trunks
          .flatMap((trunk) => branch(trunk, known))
          .find(
            ({ points, fresh }) =>
              length(points) <= length(known) + LONGER &&
              obstacles.every((box) => clears(fresh[0], fresh[1], box)) &&
              !strangers.some((other) => runsAlong(fresh, other)) &&
              crossings(points) <= most,
          );
        if (way) edges.set(id, way.points);
        changed ||= way !== undefined;
        trunks.push(line(id));
      }
    }
  }
  return { ...layout, edges };
}

/**
 * The ways that follow a trunk to right above or below where a line turns towards its mark, and go there from it.
 *
 * @param {Point[]} trunk
 * @param {Point[]} line
 * @returns {{ points: Point[], fresh: [Point, Point] }[]}
 */
function branch(trunk, line) {
  for (let i = line.length - 2; i > 0; i -= 1) {
    const [from, to] = [line[i], line[i + 1]];
    if (Math.abs(from.x - to.x) > 0.5 || i + 1 === line.length - 1) continue;
    const ways = [];
    for (let k = 1; k < trunk.length; k += 1) {
      const [a, b] = [trunk[k - 1], trunk[k]];
      if (Math.abs(a.y - b.y) > 0.5 || from.x <= Math.min(a.x, b.x) || from.x >= Math.max(a.x, b.x)) continue;
      const leave = { x: from.x, y: a.y };
      if (Math.abs(leave.y - from.y) < 0.5) return [];
      const points = [...trunk.slice(0, k), leave, ...line.slice(i + 1)];
      ways.push({ points, fresh: /** @type {[Point, Point]} */ ([leave, to]) });
    }
    return ways;
  }
  return [];
}

/** @param {Point[]} points how far to the right it goes before it turns towards its mark */
function reach(points) {
  return points.length > 2 ? points[points.length - 2].x : points[points.length - 1].x;
}

/** @param {Point[]} points */
function length(points) {
  return points.reduce((sum, point, i) => (i === 0 ? 0 : sum + Math.hypot(point.x - points[i - 1].x, point.y - points[i - 1].y)), 0);
}

/** Whether an upright piece runs so close along a line that both look like one. @param {[Point, Point]} piece @param {Point[]} line */
function runsAlong([from, to], line) {
  const [low, high] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  return line.some((point, i) => {
    if (i === 0 || Math.abs(point.x - line[i - 1].x) > 0.5 || Math.abs(point.x - from.x) > CLOSE) return false;
    return Math.min(high, Math.max(point.y, line[i - 1].y)) - Math.max(low, Math.min(point.y, line[i - 1].y)) > CLOSE;
  });
}
