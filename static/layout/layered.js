/**
 * A layered drawing of any acyclic graph in time linear in its size: ranks by longest path, slots by barycentre.
 * It places the inside of a scope opened within a hand-made figure, and graphs too large for the layout library.
 * Nothing here is recursive in the size of the graph.
 *
 * @import {Point} from "../types.js"
 */

/** Longer edges than this many ranks run straight: a place kept in every rank would cost more than it shows. */
const LONGEST_BEND = 64;
/** So do those of a node that so many read: their bends would fill the drawing. */
export const HUB = 24;
const SWEEPS = 6;

/**
 * @typedef {object} Cell a node, or the place in a rank where a long edge passes
 * @property {string | null} id
 * @property {number} rank
 * @property {number} slot
 * @property {number} wish the slot that its neighbours would give it
 * @property {Cell[]} before neighbours in lower ranks
 * @property {Cell[]} after neighbours in higher ranks
 */

/**
 * @param {string[]} ids
 * @param {{ id: string, source: string, target: string }[]} edges
 * @param {Map<string, number>} [anchors] where across the flow a node would like to be, from outside knowledge
 * @returns {{ nodes: Map<string, Point>, bends: Map<string, Point[]>, ranks: number, slots: number }}
 *   x is the slot, centred on zero, y the rank from zero
 */
export function layered(ids, edges, anchors = new Map()) {
  const ranks = rank(ids, edges);
  const { cells, bends, rows } = place(ids, edges, ranks);
  order(rows, cells, anchors);
  spread(rows);
  /** @param {Cell} cell */
  const point = (cell) => ({ x: cell.slot, y: cell.rank });
  let [left, right] = [0, 0];
  for (const row of rows) {
    for (const { slot } of row) [left, right] = [Math.min(left, slot), Math.max(right, slot)];
  }
  const middle = (left + right) / 2;
  for (const row of rows) for (const cell of row) cell.slot -= middle;
  return {
    nodes: new Map([...cells].map(([id, cell]) => [id, point(cell)])),
    bends: new Map([...bends].map(([id, chain]) => [id, chain.map(point)])),
    ranks: rows.length,
    slots: right - left + 1,
  };
}

/**
 * Nodes with a consumer sit as late as they can: what a step needs stands right before it.
 *
 * @param {string[]} ids
 * @param {{ source: string, target: string }[]} edges
 * @returns {Map<string, number>}
 */
export function rank(ids, edges) {
  /** @type {Map<string, string[]>} */
  const after = new Map(ids.map((id) => [id, []]));
  /** @type {Map<string, number>} */
  const waiting = new Map(ids.map((id) => [id, 0]));
  for (const { source, target } of edges) {
    after.get(source)?.push(target);
    waiting.set(target, (waiting.get(target) ?? 0) + 1);
  }
  const ranks = new Map(ids.map((id) => [id, 0]));
  const sorted = ids.filter((id) => waiting.get(id) === 0);
  for (let i = 0; i < sorted.length; i += 1) {
    const next = (ranks.get(sorted[i]) ?? 0) + 1;
    for (const target of after.get(sorted[i]) ?? []) {
      ranks.set(target, Math.max(ranks.get(target) ?? 0, next));
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) sorted.push(target);
    }
  }
  for (const id of sorted.reverse()) {
    const targets = after.get(id) ?? [];
    if (targets.length === 0) continue;
    ranks.set(id, targets.reduce((least, target) => Math.min(least, ranks.get(target) ?? 0), Infinity) - 1);
  }
  return ranks;
}

/**
 * @param {string[]} ids
 * @param {{ id: string, source: string, target: string }[]} edges
 * @param {Map<string, number>} ranks
 */
function place(ids, edges, ranks) {
  /** @type {Cell[][]} */
  const rows = [];
  /** @param {string | null} id @param {number} rankOf @returns {Cell} */
  const create = (id, rankOf) => {
    const cell = { id, rank: rankOf, slot: 0, wish: 0, before: [], after: [] };
    (rows[rankOf] ??= []).push(cell);
    return cell;
  };
  const cells = new Map(ids.map((id) => [id, create(id, ranks.get(id) ?? 0)]));
  /** @type {Map<string, Cell[]>} */
  const bends = new Map();
  const readers = countReaders(edges);
  for (const { id, source, target } of edges) {
    const first = /** @type {Cell} */ (cells.get(source));
    const last = /** @type {Cell} */ (cells.get(target));
    const chain = [first];
    if (last.rank - first.rank <= LONGEST_BEND && (readers.get(source) ?? 0) < HUB) {
      for (let at = first.rank + 1; at < last.rank; at += 1) chain.push(create(null, at));
    }
    chain.push(last);
    for (let i = 1; i < chain.length; i += 1) {
      chain[i - 1].after.push(chain[i]);
      chain[i].before.push(chain[i - 1]);
    }
    bends.set(id, chain.slice(1, -1));
  }
  for (let at = 0; at < rows.length; at += 1) rows[at] ??= [];
  return { cells, bends, rows };
}

/** @param {Iterable<{ source: string }>} edges how many edges leave each node */
export function countReaders(edges) {
  /** @type {Map<string, number>} */
  const readers = new Map();
  for (const { source } of edges) readers.set(source, (readers.get(source) ?? 0) + 1);
  return readers;
}

/**
 * @param {Cell[][]} rows
 * @param {Map<string, Cell>} cells
 * @param {Map<string, number>} anchors
 */
function order(rows, cells, anchors) {
  for (const [id, anchor] of anchors) {
    const cell = cells.get(id);
    if (cell) cell.slot = anchor;
  }
  for (const row of rows) {
    row.sort((a, b) => a.slot - b.slot);
    row.forEach((cell, i) => (cell.slot = i));
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      if (row.length === 1) continue;
      for (const cell of row) cell.wish = mean(down ? cell.before : cell.after) ?? cell.slot;
      row.sort((a, b) => a.wish - b.wish);
      row.forEach((cell, i) => (cell.slot = i));
    }
  }
}

/** Moves the cells of each rank towards their neighbours, order and a distance of one kept. @param {Cell[][]} rows */
function spread(rows) {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      for (const cell of row) cell.wish = mean(down ? cell.before : cell.after) ?? cell.slot;
      fit(row);
    }
  }
}

/**
 * Slots nearest to the wishes (in the mean) that stand at least one apart: pool neighbours that are too close.
 *
 * @param {Cell[]} row
 */
function fit(row) {
  if (row.length === 1) {
    row[0].slot = row[0].wish;
    return;
  }
  /** @type {{ sum: number, size: number }[]} */
  const pools = [];
  row.forEach(({ wish }, i) => {
    pools.push({ sum: wish - i, size: 1 });
    for (let last = pools.length - 1; last > 0; last -= 1) {
      const [a, b] = [pools[last - 1], pools[last]];
      if (a.sum / a.size <= b.sum / b.size) break;
      pools.splice(last - 1, 2, { sum: a.sum + b.sum, size: a.size + b.size });
    }
  });
  let i = 0;
  for (const pool of pools) {
    for (let k = 0; k < pool.size; k += 1, i += 1) row[i].slot = pool.sum / pool.size + i;
  }
}

/** @param {Cell[]} cells */
function mean(cells) {
  if (cells.length === 0) return null;
  let sum = 0;
  for (const cell of cells) sum += cell.slot;
  return sum / cells.length;
}
