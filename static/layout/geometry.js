/**
 * Sizes of marks, and where lines meet them.
 *
 * @import {Box, Point, ViewNode} from "../types.js"
 */

export const HALF_SIDE = 32;
export const RADIUS = 26;
/** Distance that the border of an open scope keeps from the marks inside. */
export const HULL_MARGIN = 24;

/** @param {Pick<ViewNode, "kind">} node */
export function halfSize(node) {
  return node.kind === "variable" ? HALF_SIDE : RADIUS;
}

/**
 * Where the line from `outside` towards `inside` first meets the mark drawn around `centre`.
 *
 * @param {"variable" | "operator"} kind
 * @param {Point} centre
 * @param {Point} outside
 * @param {Point} inside
 * @returns {Point}
 */
export function meet(kind, centre, outside, inside) {
  const dx = inside.x - outside.x;
  const dy = inside.y - outside.y;
  const t = kind === "variable" ? meetSquare(centre, outside, dx, dy) : meetCircle(centre, outside, dx, dy);
  return { x: outside.x + t * dx, y: outside.y + t * dy };
}

/** @param {Point} centre @param {Point} from @param {number} dx @param {number} dy */
function meetSquare(centre, from, dx, dy) {
  const tx = dx === 0 ? -Infinity : (centre.x - Math.sign(dx) * HALF_SIDE - from.x) / dx;
  const ty = dy === 0 ? -Infinity : (centre.y - Math.sign(dy) * HALF_SIDE - from.y) / dy;
  return Math.max(tx, ty);
}

/** @param {Point} centre @param {Point} from @param {number} dx @param {number} dy */
function meetCircle(centre, from, dx, dy) {
  const a = dx * dx + dy * dy;
  const b = (from.x - centre.x) * dx + (from.y - centre.y) * dy;
  const c = (from.x - centre.x) ** 2 + (from.y - centre.y) ** 2 - RADIUS ** 2;
  return (-b - Math.sqrt(Math.max(0, b * b - a * c))) / a;
}

/**
 * The polyline cut off where it meets the marks at both ends.
 *
 * @param {Point[]} points from within the source to within the target
 * @param {{ kind: "variable" | "operator", centre: Point }} source
 * @param {{ kind: "variable" | "operator", centre: Point }} target
 * @returns {Point[]}
 */
export function clip(points, source, target) {
  const last = points.length - 1;
  const clipped = [...points];
  clipped[0] = meet(source.kind, source.centre, points[1], points[0]);
  clipped[last] = meet(target.kind, target.centre, points[last - 1], points[last]);
  return clipped;
}

/**
 * Whether the straight line from a to b stays clear of the box.
 *
 * @param {Point} a
 * @param {Point} b
 * @param {Box} box
 */
export function clears(a, b, box) {
  let enter = 0;
  let leave = 1;
  for (const [from, by, low, high] of [
    [a.x, b.x - a.x, box.x, box.x + box.width],
    [a.y, b.y - a.y, box.y, box.y + box.height],
  ]) {
    if (by === 0) {
      if (from <= low || from >= high) return true;
      continue;
    }
    const [t0, t1] = [(low - from) / by, (high - from) / by];
    enter = Math.max(enter, Math.min(t0, t1));
    leave = Math.min(leave, Math.max(t0, t1));
  }
  return enter >= leave;
}

/**
 * A path through the points with its corners rounded.
 *
 * @param {Point[]} points
 * @param {number} [radius]
 */
export function roundedPath(points, radius = 16) {
  const parts = [`M${points[0].x},${points[0].y}`];
  for (let i = 1; i < points.length - 1; i += 1) {
    const corner = points[i];
    const before = towards(corner, points[i - 1], radius);
    const after = towards(corner, points[i + 1], radius);
    parts.push(`L${before.x},${before.y}Q${corner.x},${corner.y} ${after.x},${after.y}`);
  }
  const end = points[points.length - 1];
  parts.push(`L${end.x},${end.y}`);
  return parts.join("");
}

/** @param {Point} from @param {Point} to @param {number} distance at most half of the way is gone @returns {Point} */
function towards(from, to, distance) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const t = length === 0 ? 0 : Math.min(distance / length, 0.5);
  return { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
}

/** @param {Iterable<Box>} boxes @returns {Box} */
export function bounds(boxes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {Point} centre @param {number} half @returns {Box} */
export function boxAround(centre, half) {
  return { x: centre.x - half, y: centre.y - half, width: 2 * half, height: 2 * half };
}

/** What a layout covers, lines and open scopes included. @param {import("../types.js").Layout} layout @returns {Box} */
export function extentOf({ nodes, edges, hulls }) {
  const marks = [...nodes.values()].map((centre) => boxAround(centre, HALF_SIDE));
  const bends = [...edges.values()].flatMap((points) => points.map((point) => boxAround(point, 0)));
  return bounds([...marks, ...bends, ...hulls.values()]);
}
