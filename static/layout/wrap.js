/**
 * A drawing much longer than the window is wide goes on in a second line, like text, where that makes it larger: at
 * places where nothing but one line or two would be broken.
 *
 * @import {Box, Layout, Point, View} from "../types.js"
 */
import { bounds, boxAround, halfSize } from "./geometry.js";

/** A drawing that is shown larger than this is read as it is; one in more lines has to be so much larger. */
const LARGE = 0.6;
const GAIN = 1.25;
const MOST_LINES = 4;
/** Room between two lines, and to the sides of them for what goes from one to the next. */
const GAP = 72;
const GUTTER = 24;
const LANE = 8;
const MOST_BROKEN = 2;

/**
 * @param {View} view
 * @param {Layout} layout
 * @param {{ width: number, height: number }} room
 * @returns {Layout}
 */
export function wrap(view, layout, room) {
  const marks = [...view.nodes.values()].map((node) => boxAround(/** @type {Point} */ (layout.nodes.get(node.id)), halfSize(node)));
  const whole = bounds([...marks, ...layout.hulls.values()]);
  const scale = (/** @type {number} */ lines) =>
    Math.min(room.width / (whole.width / lines + 2 * GUTTER), room.height / (lines * whole.height + (lines - 1) * GAP));
  if (scale(1) >= LARGE) return layout;
  const cuts = findCuts([...marks, ...layout.hulls.values()], [...layout.edges.values()]);
  const counts = Array.from({ length: MOST_LINES - 1 }, (_, i) => i + 2).sort((a, b) => scale(b) - scale(a));
  for (const count of counts) {
    if (scale(count) < GAIN * scale(1)) break;
    const breaks = choose(cuts, whole, count);
    const broken = breaks && breakAt(view, layout, whole, breaks);
    if (broken) return broken;
  }
  return layout;
}

/**
 * Where the drawing may be cut from top to bottom.
 *
 * @param {Box[]} boxes
 * @param {Point[][]} lines
 */
function findCuts(boxes, lines) {
  const spans = boxes.map(({ x, width }) => [x, x + width]).sort((a, b) => a[0] - b[0]);
  const cuts = [];
  let right = spans[0][1];
  for (const [start, end] of spans) {
    const at = (right + start) / 2;
    const broken = lines.filter((points) => points.some(({ x }) => x < at) && points.some(({ x }) => x > at)).length;
    if (start > right && broken <= MOST_BROKEN) cuts.push(at);
    right = Math.max(right, end);
  }
  return cuts;
}

/**
 * Of the cuts those that make lines of about one length.
 *
 * @param {number[]} cuts
 * @param {Box} whole
 * @param {number} count of lines
 */
function choose(cuts, whole, count) {
  const length = whole.width / count;
  const near = (/** @type {number} */ goal) => [...cuts].sort((a, b) => Math.abs(a - goal) - Math.abs(b - goal))[0];
  const breaks = Array.from({ length: count - 1 }, (_, i) => near(whole.x + (i + 1) * length));
  const ends = [whole.x, ...breaks, whole.x + whole.width];
  return ends.every((end, i) => i === 0 || Math.abs(end - ends[i - 1] - length) < length / 4) ? breaks : null;
}

/**
 * @param {View} view
 * @param {Layout} layout
 * @param {Box} whole
 * @param {number[]} breaks
 * @returns {Layout | null} null where a line would have to pass over a whole line of marks
 */
function breakAt(view, layout, whole, breaks) {
  const starts = [whole.x, ...breaks];
  const lineOf = (/** @type {number} */ x) => breaks.filter((at) => at < x).length;
  const longest = Math.max(...starts.map((start, i) => (starts[i + 1] ?? whole.x + whole.width) - start));
  /** @template {Point} P @param {P} point @param {number} line @returns {P} */
  const put = (point, line) => ({ ...point, x: point.x - starts[line], y: point.y + line * (whole.height + GAP) });
  /** @type {Layout["edges"]} */
  const edges = new Map();
  let lane = 0;
  for (const { id, source, target } of view.edges.values()) {
    const points = /** @type {Point[]} */ (layout.edges.get(id));
    const [from, to] = [source, target].map((end) => lineOf(/** @type {Point} */ (layout.nodes.get(end)).x));
    if (from === to) {
      edges.set(id, points.map((point) => put(point, from)));
      continue;
    }
    if (to !== from + 1) return null;
    const before = points.filter(({ x }) => lineOf(x) === from).map((point) => put(point, from));
    const after = points.filter(({ x }) => lineOf(x) === to).map((point) => put(point, to));
    if (before.length === 0 || after.length === 0 || before.length + after.length < points.length) return null;
    const aside = (lane % 3) * LANE;
    const [right, left] = [longest + GUTTER + aside, -GUTTER - aside];
    const y = whole.y + whole.height + from * (whole.height + GAP) + GAP / 2 + aside;
    const [leave, enter] = [before[before.length - 1].y, after[0].y];
    edges.set(id, [...before, { x: right, y: leave }, { x: right, y }, { x: left, y }, { x: left, y: enter }, ...after]);
    lane += 1;
  }
  return {
    nodes: new Map([...layout.nodes].map(([id, point]) => [id, put(point, lineOf(point.x))])),
    edges,
    hulls: new Map([...layout.hulls].map(([id, box]) => [id, put(box, lineOf(box.x + box.width / 2))])),
  };
}
