/**
 * A drawing much longer than the window is wide goes on in a second line, like text, where that makes it larger: at
 * places where nothing but one line or two would be broken.
 *
 * @import {Box, Layout, Point, View} from "../types.js"
 */
import { findFaults } from "./rules.js";
import { bounds, boxAround, extentOf, halfSize } from "./geometry.js";

/** A drawing that is shown larger than this is read as it is; one in more lines has to be so much larger. */
const LARGE = 1;
const GAIN = 1.06;
/** One that is shown larger than this is broken only where no more than so many lines go on in the next. */
const READABLE = { scale: 0.7, broken: 2 };
/** A line broken more is as bad as a cut so many parts of a line's length farther from its best place. */
const BROKEN = 0.06;
const MOST_LINES = 4;
/** Room between two lines, and to the sides of them for what goes from one to the next. */
const GAP = 64;
const GUTTER = 24;
const LANE = 8;
const MOST_BROKEN = 5;

/**
 * @param {View} view
 * @param {Layout} layout
 * @param {{ width: number, height: number }} room
 * @returns {Layout}
 */
export function wrap(view, layout, room) {
  const marks = [...view.nodes.values()].map((node) => boxAround(/** @type {Point} */ (layout.nodes.get(node.id)), halfSize(node)));
  const whole = bounds([...marks, ...layout.hulls.values()]);
  const scale = (/** @type {Layout} */ laid) => {
    const { width, height } = extentOf(laid);
    return Math.min(room.width / width, room.height / height);
  };
  const plain = scale(layout);
  if (plain >= LARGE) return layout;
  const most = plain >= READABLE.scale ? READABLE.broken : MOST_BROKEN;
  const cuts = findCuts([...marks, ...layout.hulls.values()], [...layout.edges.values()]).filter(({ broken }) => broken <= most);
  let best = { laid: layout, size: GAIN * plain };
  for (let count = 2; count <= MOST_LINES; count += 1) {
    const breaks = choose(cuts, whole, count);
    const laid = breaks && breakAt(view, layout, whole, breaks);
    if (laid && scale(laid) > best.size && findFaults(view, laid).length === 0) best = { laid, size: scale(laid) };
  }
  return best.laid;
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
    if (start > right) cuts.push({ at, broken });
    right = Math.max(right, end);
  }
  return cuts;
}

/**
 * Of the cuts those that make lines of about one length and break few arrows.
 *
 * @param {{ at: number, broken: number }[]} cuts
 * @param {Box} whole
 * @param {number} count of lines
 */
function choose(cuts, whole, count) {
  const length = whole.width / count;
  const badness = (/** @type {number} */ goal) => (/** @type {typeof cuts[number]} */ { at, broken }) => Math.abs(at - goal) / length + broken * BROKEN;
  const best = (/** @type {ReturnType<typeof badness>} */ of) => [...cuts].sort((a, b) => of(a) - of(b))[0]?.at;
  const breaks = Array.from({ length: count - 1 }, (_, i) => best(badness(whole.x + (i + 1) * length)));
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
  const { tops, bottoms } = heights(view, layout, lineOf, starts.length);
  const drops = [0];
  for (let i = 1; i < starts.length; i += 1) drops.push(drops[i - 1] + bottoms[i - 1] + GAP - tops[i]);
  /** @template {Point} P @param {P} point @param {number} line @returns {P} */
  const put = (point, line) => ({ ...point, x: point.x - starts[line], y: point.y + drops[line] });
  /** @type {Layout["edges"]} */
  const edges = new Map();
  /** What goes on in the next line, by the line that it leaves. @type {{ id: string, before: Point[], after: Point[] }[][]} */
  const going = starts.map(() => []);
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
    going[from].push({ id, before, after });
  }
  going.forEach((all, line) => {
    const lowest = (/** @type {Point[]} */ points) => points[points.length - 1].y;
    all.sort((a, b) => lowest(b.before) - lowest(a.before));
    all.forEach(({ id, before, after }, lane) => {
      const [right, left] = [longest + GUTTER + lane * LANE, -GUTTER - (all.length - 1 - lane) * LANE];
      const y = bottoms[line] + drops[line] + GAP / 2 + (lane - (all.length - 1) / 2) * LANE;
      const [leave, enter] = [lowest(before), after[0].y];
      edges.set(id, [...before, { x: right, y: leave }, { x: right, y }, { x: left, y }, { x: left, y: enter }, ...after]);
    });
  });
  return {
    nodes: new Map([...layout.nodes].map(([id, point]) => [id, put(point, lineOf(point.x))])),
    edges,
    hulls: new Map([...layout.hulls].map(([id, box]) => [id, put(box, lineOf(box.x + box.width / 2))])),
  };
}

/**
 * How far each line reaches up and down.
 *
 * @param {View} view
 * @param {Layout} layout
 * @param {(x: number) => number} lineOf
 * @param {number} count
 */
function heights(view, layout, lineOf, count) {
  const tops = new Array(count).fill(Infinity);
  const bottoms = new Array(count).fill(-Infinity);
  /** @param {number} line @param {number} top @param {number} bottom */
  const take = (line, top, bottom) => {
    tops[line] = Math.min(tops[line], top);
    bottoms[line] = Math.max(bottoms[line], bottom);
  };
  for (const { id, kind } of view.nodes.values()) {
    const { x, y } = /** @type {Point} */ (layout.nodes.get(id));
    const half = halfSize({ kind });
    take(lineOf(x), y - half, y + half);
  }
  for (const points of layout.edges.values()) for (const { x, y } of points) take(lineOf(x), y, y);
  for (const { x, y, width, height } of layout.hulls.values()) take(lineOf(x + width / 2), y, y + height);
  return { tops, bottoms };
}
