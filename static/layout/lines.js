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

/** @typedef {{ start: number, end: number, low: number, high: number, top: number }} Line ranks, slots, and where it is */

/**
 * @param {View} view
 * @param {Metrics} metrics
 * @returns {Layout}
 */
export function layersLayout(view, { cellX, cellY }) {
  const drawn = layered([...view.nodes.keys()], [...view.edges.values()]);
  const lines = breakLines(view, drawn, cellY / cellX);
  /** @type {Line[]} */
  const ofRank = [];
  for (const line of lines) for (let rank = line.start; rank < line.end; rank += 1) ofRank[rank] = line;
  let top = 0;
  for (const line of lines) {
    line.top = top;
    top += line.high - line.low + GAP;
  }
  /** @param {Point} point slot and rank */
  const turn = ({ x: slot, y: rank }) => {
    const line = ofRank[rank];
    return { x: (rank - line.start) * cellX, y: (line.top + line.high - slot) * cellY };
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
    const y = (here.top + here.high - here.low + GAP / 2) * cellY + aside;
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
 * @param {View} view
 * @param {ReturnType<typeof layered>} drawn
 * @param {number} tallness of a cell
 * @returns {Line[]}
 */
function breakLines(view, drawn, tallness) {
  const low = new Array(drawn.ranks).fill(Infinity);
  const high = new Array(drawn.ranks).fill(-Infinity);
  for (const { x: slot, y: rank } of [...drawn.nodes.values(), ...[...drawn.bends.values()].flat()]) {
    low[rank] = Math.min(low[rank], slot);
    high[rank] = Math.max(high[rank], slot);
  }
  /** @param {number} start @param {number} end @returns {Line} */
  const line = (start, end) => {
    const least = (/** @type {number[]} */ all) => all.slice(start, end).reduce((a, b) => Math.min(a, b), Infinity);
    return { start, end, low: least(low), high: -least(high.map((slot) => -slot)), top: 0 };
  };
  let height = 0;
  for (let start = 0; start < drawn.ranks; start += SHORTEST_LINE) {
    const { low: a, high: b, end } = line(start, Math.min(drawn.ranks, start + SHORTEST_LINE));
    height += ((b - a + GAP) * (end - start)) / drawn.ranks;
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
