/**
 * Very large graphs in lines, like text: what is too long for one goes on in the next. An open scope is not broken
 * where it fits into a line, and has lines of its own where it does not, so that its border holds nothing else.
 *
 * @import {Layout, Metrics, Point, View} from "../types.js"
 */
import { hullBoxes } from "./figure.js";
import { layered } from "./layered.js";
import { route } from "./route.js";

/** A line has at least so many ranks, and the drawing is about so much wider than high in all. */
const SHORTEST_LINE = 24;
const ASPECT = 1.6;
/** Room between two lines, in cells; in it runs what goes from one to the next, so far apart in pixels. */
const GAP = 1.75;
const LANE = 6;
/** A climb is one that is seen over so many ranks to both sides. */
const REACH = 12;
/** Slots that nothing is in for so many cells are left out. */
const WIDEST = 1.5;

/**
 * @typedef {object} Line
 * @property {number} start its first rank
 * @property {number} end the rank after its last
 * @property {Map<number, number>} levels how high each slot in it stands, in cells; a wide gap between slots is closed
 * @property {number} height
 * @property {number} top
 */

/**
 * @param {View} view
 * @param {Metrics} metrics
 * @returns {Layout}
 */
export function layersLayout(view, { cellX, cellY }) {
  const drawn = level(layered([...view.nodes.keys()], [...view.edges.values()]));
  const lines = breakLines(view, drawn, cellY / cellX);
  /** @type {Line[]} */
  const ofRank = [];
  for (const line of lines) for (let rank = line.start; rank < line.end; rank += 1) ofRank[rank] = line;
  let top = 0;
  for (const line of lines) {
    line.top = top;
    top += line.height + GAP;
  }
  /** @param {Point} point slot and rank */
  const turn = ({ x: slot, y: rank }) => {
    const line = ofRank[rank];
    return { x: (rank - line.start) * cellX, y: (line.top + line.height - (line.levels.get(slot) ?? 0)) * cellY };
  };
  const nodes = new Map([...drawn.nodes].map(([id, point]) => [id, turn(point)]));
  /** @type {Map<Line, number>} */
  const lanes = new Map();
  /** Around the end of a line to the beginning of the next. @param {Point} from @param {Point} to slots and ranks @returns {Point[]} */
  const wrap = (from, to) => {
    const [here, next] = [ofRank[from.y], ofRank[to.y]];
    if (here === next || lines[lines.indexOf(here) + 1] !== next) return [];
    const lane = lanes.get(here) ?? 0;
    lanes.set(here, lane + 1);
    const aside = LANE * (lane % 6);
    const right = (here.end - here.start - 0.5) * cellX + aside;
    const y = (here.top + here.height + GAP / 2) * cellY + aside;
    const left = -cellX / 2 - aside;
    return [{ x: right, y: turn(from).y }, { x: right, y }, { x: left, y }, { x: left, y: turn(to).y }];
  };
  /** @type {Map<string, Point[]>} */
  const bends = new Map();
  for (const { id, source, target } of view.edges.values()) {
    const inner = drawn.bends.get(id) ?? [];
    const [first, last] = [source, target].map((end) => /** @type {Point} */ (drawn.nodes.get(end)));
    const far = inner.length === 0 && last.y - first.y > 1;
    const passed = [first, ...inner, last];
    bends.set(id, passed.flatMap((point, i) => [...(i === 0 || far ? [] : wrap(passed[i - 1], point)), ...(point === first || point === last ? [] : [turn(point)])]));
  }
  return { nodes, edges: route(view, nodes, bends, "as it comes"), hulls: hullBoxes(view, nodes) };
}

/**
 * Takes out what a drawing climbs or falls in the long run, so that its lines are level.
 *
 * @param {ReturnType<typeof layered>} drawn
 */
function level(drawn) {
  const { low, high } = extents(drawn);
  const sums = [0];
  low.forEach((least, rank) => sums.push(sums[rank] + (least + high[rank]) / 2));
  const climb = low.map((_, rank) => {
    const [from, to] = [Math.max(0, rank - REACH), Math.min(low.length, rank + REACH + 1)];
    return (sums[to] - sums[from]) / (to - from);
  });
  const levelled = (/** @type {Point} */ { x, y }) => ({ x: x - climb[y], y });
  return {
    ...drawn,
    nodes: new Map([...drawn.nodes].map(([id, point]) => [id, levelled(point)])),
    bends: new Map([...drawn.bends].map(([id, points]) => [id, points.map(levelled)])),
  };
}

/** The lowest and highest slot of each rank. @param {ReturnType<typeof layered>} drawn */
function extents(drawn) {
  const low = new Array(drawn.ranks).fill(Infinity);
  const high = new Array(drawn.ranks).fill(-Infinity);
  for (const points of [drawn.nodes.values(), ...drawn.bends.values()]) {
    for (const { x: slot, y: rank } of points) {
      low[rank] = Math.min(low[rank], slot);
      high[rank] = Math.max(high[rank], slot);
    }
  }
  return { low, high };
}

/**
 * @param {View} view
 * @param {ReturnType<typeof layered>} drawn
 * @param {number} tallness of a cell
 * @returns {Line[]}
 */
function breakLines(view, drawn, tallness) {
  /** @type {number[][]} */
  const slots = Array.from({ length: drawn.ranks }, () => []);
  for (const points of [drawn.nodes.values(), ...drawn.bends.values()]) for (const { x: slot, y: rank } of points) slots[rank].push(slot);
  /** @param {number} start @param {number} end @returns {Line} */
  const line = (start, end) => {
    const levels = new Map();
    let [height, last] = [0, NaN];
    for (const slot of slots.slice(start, end).flat().sort((a, b) => a - b)) {
      if (!Number.isNaN(last)) height += Math.min(WIDEST, slot - last);
      levels.set((last = slot), height);
    }
    return { start, end, levels, height, top: 0 };
  };
  let height = 0;
  for (let start = 0; start < drawn.ranks; start += SHORTEST_LINE) {
    const part = line(start, Math.min(drawn.ranks, start + SHORTEST_LINE));
    height += ((part.height + GAP) * (part.end - start)) / drawn.ranks;
  }
  const length = Math.max(SHORTEST_LINE, Math.ceil(Math.sqrt(ASPECT * drawn.ranks * height * tallness)));
  const { whole, forced } = spans(view, drawn, length);
  /** @type {Line[]} */
  const lines = [];
  for (let start = 0; start < drawn.ranks; ) {
    let end = Math.min(drawn.ranks, start + length, forced.find((rank) => rank > start) ?? Infinity);
    if (end < drawn.ranks && whole[end]) {
      const earlier = whole.lastIndexOf(false, end);
      if (earlier > start) end = earlier;
    }
    lines.push(line(start, end));
    start = end;
  }
  return lines;
}

/**
 * Before which ranks a line must not break, because a scope that fits into a line goes on there, and before which it
 * must, because one that does not begins or has ended.
 *
 * @param {View} view
 * @param {ReturnType<typeof layered>} drawn
 * @param {number} length of a line
 */
function spans(view, drawn, length) {
  /** @type {Map<string, [number, number]>} */
  const extents = new Map();
  const open = new Set(view.hulls.map(({ id }) => id));
  if (open.size > 0) {
    for (const [id, { y: rank }] of drawn.nodes) {
      for (const scope of view.enclosing(id)) {
        if (!open.has(scope)) continue;
        const [first, last] = extents.get(scope) ?? [Infinity, -Infinity];
        extents.set(scope, [Math.min(first, rank), Math.max(last, rank)]);
      }
    }
  }
  const whole = new Array(drawn.ranks + 1).fill(false);
  const forced = [];
  for (const [first, last] of extents.values()) {
    if (last - first < length) whole.fill(true, first + 1, last + 1);
    else forced.push(first, last + 1);
  }
  return { whole, forced: forced.sort((a, b) => a - b) };
}
