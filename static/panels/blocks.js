/**
 * A Jacobian as a picture: a block for every number of what is differentiated, each of the shape of what it is
 * differentiated by, a vector's side by side. A gradient is a single block, the Jacobian of two vectors the matrix that
 * it is called. Arrays of more than two axes are folded: the leading ones stacked.
 */
import { shade } from "../scene/heatmap.js";
import { prepare } from "./chart.js";

const SHADES = 12;
const LARGEST_CELL = 16;
/** Cells smaller than this have no lines between them. */
const LINED = 6;
/** Blocks a side of a picture without numbers. */
const SCHEME = 12;

/** Rows and columns of an array laid flat; a vector stands upright. @param {number[]} shape @returns {[number, number]} */
export function fold(shape) {
  if (shape.length < 2) return [shape[0] ?? 1, 1];
  return [shape.slice(0, -1).reduce((a, b) => a * b, 1), shape[shape.length - 1]];
}

/**
 * @param {number[]} outer shape of what is differentiated; empty for a scalar
 * @param {number[]} inner shape of what it is differentiated by
 * @param {{ width: number, height: number }} room
 */
export function arrange(outer, inner, room) {
  const isMatrix = outer.length === 1 && inner.length === 1;
  const [rows, columns] = outer.length === 1 && inner.length > 1 ? [1, outer[0]] : fold(outer);
  const [down, across] = isMatrix ? [1, inner[0]] : fold(inner);
  const gap = rows * columns > 1 && !isMatrix ? 3 : 0;
  const fit = (/** @type {number} */ space, /** @type {number} */ blocks, /** @type {number} */ cells) => (space - gap * (blocks - 1)) / (blocks * cells);
  const cell = Math.min(LARGEST_CELL, fit(room.width, columns, across), fit(room.height, rows, down));
  const whole = cell >= 1 ? Math.floor(cell) : cell;
  return {
    rows, columns, down, across, gap, cell: whole,
    width: columns * across * whole + gap * (columns - 1),
    height: rows * down * whole + gap * (rows - 1),
    /** Where a cell of the picture lies, from its row and column in all. @param {number} row @param {number} column */
    at: (row, column) => ({
      x: column * whole + gap * Math.floor(column / across),
      y: row * whole + gap * Math.floor(row / down),
    }),
  };
}

/**
 * The place of an entry in the flat list of numbers, the axes of `outer` first.
 *
 * @param {ReturnType<typeof arrange>} places
 * @param {number} row
 * @param {number} column
 */
export function entryAt({ columns, down, across }, row, column) {
  const y = Math.floor(row / down) * columns + Math.floor(column / across);
  const x = (row % down) * across + (column % across);
  return { y, x, flat: y * down * across + x };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} outer
 * @param {number[]} inner
 * @param {number[] | null} values flat; null for a picture of the shape alone
 * @param {{ height: number, marked?: [number, number] | null }} options the height that there is, and the cell that is pointed at
 */
export function drawBlocks(canvas, outer, inner, values, { height, marked = null }) {
  const room = { width: canvas.clientWidth - 2, height: height - 2 };
  const shape = values ? [outer, inner] : [capped(outer), [1, 1]];
  const places = arrange(shape[0], shape[1], room);
  canvas.style.height = `${Math.ceil(places.height) + 2}px`;
  const { context, ink } = prepare(canvas);
  context.translate(1, 1);
  const scale = (values ?? []).reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 0);
  const paints = new Map();
  const paint = (/** @type {number | null} */ level) => {
    const key = String(level);
    if (!paints.has(key)) {
      const share = Math.abs(level ?? 0) / SHADES;
      paints.set(key, level === null ? ink("--error") : level === 0 ? ink("--zero") : ink(level < 0 ? "--negative" : "--positive", share));
    }
    return paints.get(key);
  };
  const { cell, rows, columns, down, across } = places;
  const inset = cell >= LINED ? 1 : 0;
  for (let row = 0; row < rows * down; row += 1) {
    for (let column = 0; column < columns * across; column += 1) {
      const { x, y } = places.at(row, column);
      context.fillStyle = values ? paint(shade(values[entryAt(places, row, column).flat], scale)) : ink("--sunken");
      context.fillRect(x, y, cell - inset, cell - inset);
    }
  }
  context.strokeStyle = ink("--rule");
  context.lineWidth = 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const { x, y } = places.at(row * down, column * across);
      context.strokeRect(Math.round(x) - 0.5, Math.round(y) - 0.5, Math.round(across * cell) + 1 - inset, Math.round(down * cell) + 1 - inset);
    }
  }
  if (marked && values) {
    const { x, y } = places.at(...marked);
    context.strokeStyle = ink("--ink");
    context.lineWidth = 2;
    context.strokeRect(x - 0.5, y - 0.5, Math.max(3, cell), Math.max(3, cell));
  }
  return places;
}

/** @param {number[]} shape */
function capped(shape) {
  const [rows, columns] = fold(shape);
  return [Math.min(SCHEME, rows), Math.min(SCHEME, columns)];
}
