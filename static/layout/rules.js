/**
 * What every finished drawing keeps: marks apart, lines clear of marks and of each other, arrows with the flow. A
 * drawing that breaks a rule is laid out again.
 *
 * @import {Box, Layout, Point, View, ViewNode} from "../types.js"
 */
import { edgeId } from "../state/view.js";
import { boxAround, clears, halfSize } from "./geometry.js";

/** Lines that run side by side closer than this for longer than that look like one. */
const TRACK = { apart: 3, length: 8 };
/** A line may come so near to a mark's border. */
const TOUCH = 1;

/** @typedef {"unplaced" | "overlap" | "through" | "shared" | "against" | "loose"} Rule */
/** @typedef {{ rule: Rule, of: string[] }} Fault `of`: ids of the marks or arrows concerned */

/**
 * The rules that a drawing breaks.
 *
 * - `unplaced`: a mark without a place, an arrow without a line;
 * - `overlap`: two marks on top of each other;
 * - `loose`: a line that does not end at the border of its mark;
 * - `through`: a line through a mark that is not its own, or back through its own;
 * - `shared`: two lines in one track that have neither source nor target in common, or run in opposite directions; a
 *   trunk is none, where each of its sources goes to each of its targets;
 * - `against`: an arrow that runs to the left and not upwards, other than from one line of a wrapped drawing to the next.
 *
 * @param {View} view
 * @param {Layout} layout
 * @param {{ turned?: ReadonlySet<string> }} [options] `turned`: arrows of a backward pass, which run to the left
 * @returns {Fault[]}
 */
export function findFaults(view, layout, { turned = new Set() } = {}) {
  /** @type {Fault[]} */
  const faults = [];
  const marks = [...view.nodes.values()].flatMap((node) => {
    const centre = layout.nodes.get(node.id);
    if (!centre || !Number.isFinite(centre.x + centre.y)) {
      faults.push({ rule: "unplaced", of: [node.id] });
      return [];
    }
    return [{ node, centre, box: boxAround(centre, halfSize(node) - TOUCH) }];
  });
  marks.forEach((a, i) => {
    for (const b of marks.slice(i + 1)) if (overlap(a.box, b.box)) faults.push({ rule: "overlap", of: [a.node.id, b.node.id] });
  });
  /** @type {{ id: string, source: string, target: string, points: Point[] }[]} */
  const lines = [];
  for (const { id, source, target } of view.edges.values()) {
    const points = layout.edges.get(id);
    if (!points || points.length < 2) faults.push({ rule: "unplaced", of: [id] });
    else lines.push({ id, source, target, points });
  }
  for (const { id, source, target, points } of lines) {
    const ends = /** @type {[string, Point][]} */ ([[source, points[0]], [target, points[points.length - 1]]]);
    if (ends.some(([end, point]) => !meets(view.nodes.get(end), layout.nodes.get(end), point))) faults.push({ rule: "loose", of: [id] });
    for (const { node, box } of marks) {
      if (points.some((point, k) => k > 0 && enters(points[k - 1], point, node, box))) faults.push({ rule: "through", of: [id, node.id] });
    }
    const [from, to] = [layout.nodes.get(source), layout.nodes.get(target)];
    if (from && to && to.x < from.x - TRACK.length && to.y > from.y - TRACK.length && !turned.has(id) && !wraps(points)) faults.push({ rule: "against", of: [id] });
  }
  for (const [one, other] of inOneTrack(lines, view.edges)) faults.push({ rule: "shared", of: [one, other] });
  return faults;
}

/** Whether a straight piece runs through a mark. @param {Point} a @param {Point} b @param {ViewNode} node @param {Box} box */
function enters(a, b, node, box) {
  if (clears(a, b, box)) return false;
  if (node.kind === "variable") return true;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(a.x + t * dx - x, a.y + t * dy - y) < box.width / 2;
}

/** Whether a line ends at the border of a mark. @param {ViewNode | undefined} node @param {Point | undefined} centre @param {Point} end */
function meets(node, centre, end) {
  if (!node || !centre) return false;
  const [dx, dy] = [Math.abs(end.x - centre.x), Math.abs(end.y - centre.y)];
  const distance = node.kind === "variable" ? Math.max(dx, dy) : Math.hypot(dx, dy);
  return Math.abs(distance - halfSize(node)) < 1;
}

/** Whether a line goes around the end of a line of marks to the beginning of the next one below. @param {Point[]} points */
function wraps(points) {
  const [first, last] = [points[0], points[points.length - 1]];
  return points.some((point, i) => {
    const after = points[i + 1];
    return after !== undefined && Math.abs(point.y - after.y) < 1 && point.x > first.x && after.x < last.x && after.x < point.x && first.y < point.y;
  });
}

/**
 * Pairs of lines that run in one track and are told apart by nothing: they have no end in common, or the one runs
 * where the other comes.
 *
 * @param {Line[]} lines
 * @param {ReadonlyMap<string, unknown>} edges all arrows, by their ids
 * @returns {[string, string][]}
 */
function inOneTrack(lines, edges) {
  const isTrunk = (/** @type {Line} */ a, /** @type {Line} */ b) => edges.has(edgeId(a.source, b.target)) && edges.has(edgeId(b.source, a.target));
  const pieces = lines.flatMap((line) => line.points.slice(1).map((to, i) => piece(line, line.points[i], to)));
  pieces.sort((a, b) => a.left - b.left);
  /** @type {Map<string, [string, string]>} */
  const found = new Map();
  pieces.forEach((a, i) => {
    for (let k = i + 1; k < pieces.length && pieces[k].left <= a.right + TRACK.apart; k += 1) {
      const b = pieces[k];
      if (a.line === b.line || b.low > a.high + TRACK.apart || b.high < a.low - TRACK.apart) continue;
      const akin = a.line.source === b.line.source || a.line.target === b.line.target || isTrunk(a.line, b.line);
      const along = runsAlong(a, b);
      if (along === 0 || (akin && along > 0)) continue;
      found.set(`${a.line.id}\n${b.line.id}`, [a.line.id, b.line.id]);
    }
  });
  return [...found.values()];
}

/** @typedef {{ id: string, source: string, target: string, points: Point[] }} Line */
/** @typedef {{ line: Line, from: Point, to: Point, left: number, right: number, low: number, high: number }} Piece */

/** @param {Line} line @param {Point} from @param {Point} to @returns {Piece} */
function piece(line, from, to) {
  return {
    line, from, to,
    left: Math.min(from.x, to.x), right: Math.max(from.x, to.x),
    low: Math.min(from.y, to.y), high: Math.max(from.y, to.y),
  };
}

/**
 * Whether two pieces run in one track: 1 where they do in the same direction, -1 in opposite ones, else 0.
 *
 * @param {Piece} a
 * @param {Piece} b
 */
function runsAlong(a, b) {
  const length = Math.hypot(a.to.x - a.from.x, a.to.y - a.from.y);
  const other = Math.hypot(b.to.x - b.from.x, b.to.y - b.from.y);
  if (length < TRACK.length || other < TRACK.length) return 0;
  const [ux, uy] = [(a.to.x - a.from.x) / length, (a.to.y - a.from.y) / length];
  const along = (/** @type {Point} */ { x, y }) => (x - a.from.x) * ux + (y - a.from.y) * uy;
  const aside = (/** @type {Point} */ { x, y }) => (y - a.from.y) * ux - (x - a.from.x) * uy;
  const [start, end] = [along(b.from), along(b.to)];
  const shared = [Math.max(0, Math.min(start, end)), Math.min(length, Math.max(start, end))];
  if (shared[1] - shared[0] <= TRACK.length) return 0;
  // How far apart the two are at both ends of the stretch that they share.
  const [d0, d1] = [aside(b.from), aside(b.to)];
  const at = (/** @type {number} */ s) => d0 + ((s - start) / (end - start || 1)) * (d1 - d0);
  if (Math.abs(at(shared[0])) > TRACK.apart || Math.abs(at(shared[1])) > TRACK.apart) return 0;
  return end > start ? 1 : -1;
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
