/**
 * A layered drawing of any acyclic graph in time linear in its size: ranks by longest path, slots by barycentre.
 * It places the inside of a scope opened within a hand-made figure, and graphs too large for the layout library.
 * Nothing here is recursive in the size of the graph, and its arrays are flat: a large graph stands in a tenth of a second.
 *
 * @import {Point} from "../types.js"
 */

/** Longer edges than this many ranks run straight: a place kept in every rank would cost more than it shows. */
const LONGEST_BEND = 64;
/** So do those of a node that so many read: their bends would fill the drawing. */
export const HUB = 24;
const SWEEPS = 6;

/**
 * Cells are nodes, by their numbers, and after them the places in a rank where a long edge passes. Lists of lists are
 * flat: list i holds the items from starts[i] up to starts[i + 1].
 *
 * @typedef {object} Cells
 * @property {number[]} rankOf of each cell
 * @property {Float64Array} slots of each cell
 * @property {Int32Array[]} rows the cells of each rank, in their order
 * @property {Lists} before each cell's neighbours in lower ranks
 * @property {Lists} after and in higher ranks
 *
 * @typedef {{ starts: Int32Array, items: Int32Array }} Lists
 */

/**
 * @param {string[]} ids
 * @param {{ id: string, source: string, target: string }[]} edges
 * @param {Map<string, number>} [anchors] where across the flow a node would like to be, from outside knowledge
 * @returns {{ nodes: Map<string, Point>, bends: Map<string, Point[]>, ranks: number, slots: number }}
 *   x is the slot, centred on zero, y the rank from zero
 */
export function layered(ids, edges, anchors = new Map()) {
  const ends = numbered(ids, edges);
  const { cells, bends } = place(ends, ranked(ends));
  const { slots, rankOf } = cells;
  ids.forEach((id, i) => (slots[i] = anchors.get(id) ?? 0));
  order(cells);
  spread(cells);
  let [left, right] = [0, 0];
  for (const slot of slots) [left, right] = [Math.min(left, slot), Math.max(right, slot)];
  const middle = (left + right) / 2;
  /** @param {number} cell */
  const point = (cell) => ({ x: slots[cell] - middle, y: rankOf[cell] });
  return {
    nodes: new Map(ids.map((id, i) => [id, point(i)])),
    bends: new Map(edges.map(({ id }, i) => [id, Array.from({ length: bends[i + 1] - bends[i] }, (_, k) => point(bends[i] + k))])),
    ranks: cells.rows.length,
    slots: right - left + 1,
  };
}

/**
 * The rank of each node. Nodes with a consumer sit as late as they can: what a step needs stands right before it.
 *
 * @param {string[]} ids
 * @param {{ source: string, target: string }[]} edges
 * @returns {Map<string, number>}
 */
export function rank(ids, edges) {
  const ranks = ranked(numbered(ids, edges));
  return new Map(ids.map((id, i) => [id, ranks[i]]));
}

/** The numbers of the nodes that each edge joins. @param {string[]} ids @param {{ source: string, target: string }[]} edges */
function numbered(ids, edges) {
  const numbers = new Map(ids.map((id, i) => [id, i]));
  const of = (/** @type {"source" | "target"} */ end) => Int32Array.from(edges.map((edge) => /** @type {number} */ (numbers.get(edge[end]))));
  return { count: ids.length, sources: of("source"), targets: of("target") };
}

/** @typedef {ReturnType<typeof numbered>} Ends */

/** Items by the number that `keys` gives each, in their order. @param {number} count @param {ArrayLike<number>} keys @param {ArrayLike<number>} [items] @returns {Lists} */
function grouped(count, keys, items) {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < keys.length; i += 1) starts[keys[i] + 1] += 1;
  for (let i = 0; i < count; i += 1) starts[i + 1] += starts[i];
  const next = starts.slice();
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i += 1) sorted[next[keys[i]]++] = items ? items[i] : i;
  return { starts, items: sorted };
}

/** @param {Ends} ends */
function ranked({ count, sources, targets }) {
  const { starts, items } = grouped(count, sources, targets);
  const waiting = new Int32Array(count);
  for (const target of targets) waiting[target] += 1;
  const ranks = new Int32Array(count);
  const sorted = new Int32Array(count);
  let found = 0;
  for (let i = 0; i < count; i += 1) if (waiting[i] === 0) sorted[found++] = i;
  for (let i = 0; i < found; i += 1) {
    for (let at = starts[sorted[i]]; at < starts[sorted[i] + 1]; at += 1) {
      const target = items[at];
      ranks[target] = Math.max(ranks[target], ranks[sorted[i]] + 1);
      if ((waiting[target] -= 1) === 0) sorted[found++] = target;
    }
  }
  for (let i = found - 1; i >= 0; i -= 1) {
    const node = sorted[i];
    let least = Infinity;
    for (let at = starts[node]; at < starts[node + 1]; at += 1) least = Math.min(least, ranks[items[at]]);
    if (least < Infinity) ranks[node] = least - 1;
  }
  return ranks;
}

/**
 * @param {Ends} ends
 * @param {Int32Array} ranks of the nodes
 * @returns {{ cells: Cells, bends: Int32Array }} with the first bend of each edge
 */
function place({ count, sources, targets }, ranks) {
  const rankOf = [...ranks];
  const readers = grouped(count, sources).starts;
  const bends = new Int32Array(sources.length + 1).fill(count);
  /** @type {number[][]} */
  const [lower, higher] = [[], []];
  for (let edge = 0; edge < sources.length; edge += 1) {
    const [source, target] = [sources[edge], targets[edge]];
    let last = source;
    if (ranks[target] - ranks[source] <= LONGEST_BEND && readers[source + 1] - readers[source] < HUB) {
      for (let at = ranks[source] + 1; at < ranks[target]; at += 1) {
        lower.push(last);
        higher.push((last = rankOf.push(at) - 1));
      }
    }
    lower.push(last);
    higher.push(target);
    bends[edge + 1] = rankOf.length;
  }
  const { starts, items } = grouped(rankOf.reduce((most, at) => Math.max(most, at + 1), 0), rankOf);
  return {
    cells: {
      rankOf,
      slots: new Float64Array(rankOf.length),
      rows: Array.from(starts.subarray(1), (end, i) => items.subarray(starts[i], end)),
      before: grouped(rankOf.length, higher, lower),
      after: grouped(rankOf.length, lower, higher),
    },
    bends,
  };
}

/** @param {Iterable<{ source: string }>} edges how many edges leave each node */
export function countReaders(edges) {
  /** @type {Map<string, number>} */
  const readers = new Map();
  for (const { source } of edges) readers.set(source, (readers.get(source) ?? 0) + 1);
  return readers;
}

/** Sorts the cells of each rank by where their neighbours are. @param {Cells} cells */
function order({ slots, rows, before, after }) {
  const wishes = slots.slice();
  for (let sweep = -1; sweep < SWEEPS; sweep += 1) {
    const neighbours = sweep % 2 === 0 ? before : after;
    for (const row of inTurn(rows, sweep)) {
      if (sweep >= 0 && row.length === 1) continue;
      if (sweep >= 0) for (const cell of row) wishes[cell] = mean(neighbours, cell, slots);
      row.sort((a, b) => wishes[a] - wishes[b]);
      row.forEach((cell, i) => (slots[cell] = i));
    }
  }
}

/** Moves the cells of each rank towards their neighbours, order and a distance of one kept. @param {Cells} cells */
function spread({ slots, rows, before, after }) {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const row of inTurn(rows, sweep)) fit(row, slots, sweep % 2 === 0 ? before : after);
  }
}

/** Rows down in even sweeps, up in odd ones. @param {Int32Array[]} rows @param {number} sweep */
const inTurn = (rows, sweep) => (sweep % 2 === 0 ? rows : [...rows].reverse());

/**
 * Slots nearest to the means of the neighbours that stand at least one apart: pool neighbours that are too close.
 *
 * @param {Int32Array} row
 * @param {Float64Array} slots
 * @param {Lists} neighbours
 */
function fit(row, slots, neighbours) {
  if (row.length === 1) {
    slots[row[0]] = mean(neighbours, row[0], slots);
    return;
  }
  /** @type {{ sum: number, size: number }[]} */
  const pools = [];
  row.forEach((cell, i) => {
    let [sum, size] = [mean(neighbours, cell, slots) - i, 1];
    for (let last = pools.at(-1); last && last.sum / last.size > sum / size; last = pools.at(-1)) {
      sum += last.sum;
      size += last.size;
      pools.pop();
    }
    pools.push({ sum, size });
  });
  let i = 0;
  for (const { sum, size } of pools) for (const past = i + size; i < past; i += 1) slots[row[i]] = sum / size + i;
}

/** The mean slot of a cell's neighbours, or its own if it has none. @param {Lists} neighbours @param {number} cell @param {Float64Array} slots */
function mean({ starts, items }, cell, slots) {
  const [first, end] = [starts[cell], starts[cell + 1]];
  if (first === end) return slots[cell];
  let sum = 0;
  for (let at = first; at < end; at += 1) sum += slots[items[at]];
  return sum / (end - first);
}
