/**
 * An array as a grid of numbers, each on the colour that its value has on a diverging scale centred at zero.
 *
 * @import {NestedTensor, Tensor} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { paintShade, shade } from "../scene/heatmap.js";
import { formatNumber } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { formatShape, isSummary, magnitude, readScalar, slice, toNumber, toRows, toScalar, withEntry } from "../shared/tensor.js";

/** A grid with more cells than this is shown as a picture: nobody reads so many numbers. */
const MOST_CELLS = 1024;
/** A press that moves less than this is a click. */
const SLACK = 4;

/**
 * @typedef {object} GridOptions
 * @property {string} name of what the numbers are, for screen readers
 * @property {number[]} shape
 * @property {((tensor: NestedTensor) => void) | null} onEdit given where the numbers may be changed
 * @property {number[]} [index] where the matrix that is shown lies along the leading axes; kept up to date
 * @property {number} [scale] the magnitude that has the full colour, where several grids share it
 * @property {((at: number[]) => void)} [onCell] an entry was pointed at, with a click or the arrow keys
 * @property {((slice: string) => Promise<NestedTensor>) | null} [load] a slice of what is too large to send
 */

/**
 * @param {HTMLElement} element
 * @param {Tensor} tensor
 * @param {GridOptions} options
 */
export function drawNumbers(element, tensor, options) {
  element.replaceChildren();
  if (isSummary(tensor)) {
    element.append(table(toRows(tensor), null, options, false), legend(toRows(tensor), options.scale));
    if (options.load) element.append(sliceOf(options, options.load));
    return;
  }
  const leading = options.shape.slice(0, -2);
  const index = options.index ?? [];
  leading.forEach((size, axis) => (index[axis] = Math.min(index[axis] ?? 0, Math.max(0, size - 1))));
  const body = document.createElement("div");
  /** With what was typed before the answer comes. @type {NestedTensor} */
  let edited = tensor;
  const redraw = () => {
    const part = slice(tensor, index);
    const rows = toRows(part);
    const cells = rows.length * (rows[0]?.length ?? 0);
    if (cells === 0) {
      body.textContent = t("numbers.none");
      return;
    }
    const edit = options.onEdit
      ? (/** @type {number[]} */ at, /** @type {number} */ entry) => options.onEdit?.((edited = withEntry(edited, [...index, ...at], toScalar(entry))))
      : null;
    body.replaceChildren(table(rows, edit, options, cells <= MOST_CELLS));
    if (cells > 1 || options.scale !== undefined) body.append(legend(rows, options.scale));
  };
  if (leading.length > 0) element.append(slicer(leading, index, redraw));
  element.append(body);
  redraw();
}

/**
 * @param {number[][]} rows
 * @param {((at: number[], entry: number) => void) | null} edit
 * @param {GridOptions} options
 * @param {boolean} written whether the numbers are written out
 */
function table(rows, edit, options, written) {
  const scale = options.scale ?? magnitude(rows);
  const grid = document.createElement("table");
  grid.className = written ? "numbers" : "numbers unwritten";
  grid.setAttribute("aria-label", t("numbers.table", { name: options.name, shape: formatShape(options.shape) }));
  for (const [i, row] of rows.entries()) {
    const line = grid.insertRow();
    for (const [j, entry] of row.entries()) {
      const cell = line.insertCell();
      paintShade(cell, shade(entry, scale));
      cell.title = String(entry);
      if (!written) continue;
      if (edit) cell.append(field(entry, position(options.shape, i, j), options.name, edit));
      else cell.textContent = formatNumber(entry);
    }
  }
  if (written && options.onCell) listenToCells(grid, options, options.onCell);
  const frame = document.createElement("div");
  frame.className = "numbers-frame";
  if (!edit) frame.tabIndex = 0;
  frame.append(grid);
  return frame;
}

/**
 * Tells which cell is chosen: with a click, by its field's focus, or with the arrow keys where numbers are only read.
 *
 * @param {HTMLTableElement} grid
 * @param {GridOptions} options
 * @param {(at: number[]) => void} onCell
 */
function listenToCells(grid, { shape, index = [] }, onCell) {
  /** @type {HTMLTableCellElement | null} */
  let chosen = null;
  const choose = (/** @type {HTMLTableCellElement | null | undefined} */ cell) => {
    if (!cell || cell === chosen) return;
    chosen?.classList.remove("chosen");
    chosen = cell;
    chosen.classList.add("chosen");
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement).rowIndex;
    onCell([...index.slice(0, Math.max(0, shape.length - 2)), ...position(shape, row, cell.cellIndex)]);
  };
  const cellOf = (/** @type {Event} */ { target }) => /** @type {Element} */ (target).closest("td");
  grid.addEventListener("click", (event) => choose(cellOf(event)));
  grid.addEventListener("focusin", (event) => choose(cellOf(event)));
  queueMicrotask(() => {
    const frame = /** @type {HTMLElement | null} */ (grid.parentElement);
    if (frame?.tabIndex !== 0) return;
    frame.addEventListener("keydown", (event) => {
      const step = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const row = chosen ? /** @type {HTMLTableRowElement} */ (chosen.parentElement).rowIndex + step[0] : 0;
      choose(grid.rows[row]?.cells[chosen ? chosen.cellIndex + step[1] : 0]);
    });
  });
}

/** @param {number[]} shape @param {number} i @param {number} j */
function position(shape, i, j) {
  if (shape.length === 0) return [];
  return shape.length === 1 ? [i] : [i, j];
}

/**
 * @param {number} entry
 * @param {number[]} at
 * @param {string} name
 * @param {(at: number[], entry: number) => void} edit
 */
function field(entry, at, name, edit) {
  const input = document.createElement("input");
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  const shown = formatNumber(entry);
  input.size = Math.max(6, shown.length);
  input.value = shown;
  input.dataset.index = at.join(",");
  input.setAttribute("aria-label", at.length > 0 ? t("numbers.at", { name, index: at.join(", ") }) : name);
  input.addEventListener("focus", () => {
    if (input.value === shown) input.value = String(entry);
    input.select();
  });
  listenToPulls(input, entry, (number) => edit(at, number));
  const leave = () => {
    const number = parse(input.value);
    input.setAttribute("aria-invalid", String(number === null));
    input.setCustomValidity(number === null ? t("change.word", { word: input.value }) : "");
    if (input.matches(":focus")) input.reportValidity();
    if (Object.is(number, entry)) input.value = shown;
    else if (number !== null) edit(at, number);
  };
  input.addEventListener("change", leave);
  input.addEventListener("blur", () => {
    if (Object.is(parse(input.value), entry)) input.value = shown;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = String(entry);
      event.stopPropagation();
      input.blur();
    }
  });
  return input;
}

/** What is typed into one cell, where a comma can only be a decimal one. @param {string} text @returns {number | null} */
function parse(text) {
  const scalar = readScalar(text) ?? readScalar(text.replace(",", "."));
  return scalar === null ? null : toNumber(scalar);
}

/** @param {number[][]} rows @param {number} [given] */
function legend(rows, given) {
  const scale = given ?? magnitude(rows);
  const element = document.createElement("div");
  element.className = "legend-scale";
  const ends = scale === 0 ? ["", "0", ""] : [formatNumber(-scale), "0", formatNumber(scale)];
  for (const end of ends) {
    const mark = document.createElement("span");
    mark.textContent = end;
    element.append(mark);
  }
  return element;
}

/**
 * Any slice of an array that is too large to be sent whole.
 *
 * @param {GridOptions} options
 * @param {(slice: string) => Promise<NestedTensor>} load
 */
export function sliceOf(options, load) {
  const first = options.shape.map((size, axis) => (axis < options.shape.length - 2 ? "0" : `0:${Math.min(8, size)}`)).join(", ");
  const input = make("input", { type: "text", value: first, "aria-label": t("numbers.slice"), spellcheck: false });
  const result = make("div", { "aria-live": "polite" });
  let turn = 0;
  const show = async () => {
    const mine = (turn += 1);
    try {
      const tensor = await load(input.value);
      if (mine !== turn) return;
      drawNumbers(result, tensor, { ...options, shape: shapeOf(tensor), onEdit: null, load: null });
    } catch (error) {
      if (mine === turn) result.textContent = error instanceof Error ? error.message : "";
    }
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && show());
  return make("div", { class: "slices" }, make("div", { class: "slicer" }, input, button(t("numbers.show"), show, { class: "small-button" })), result);
}

/** @param {NestedTensor} tensor @returns {number[]} */
function shapeOf(tensor) {
  return Array.isArray(tensor) ? [tensor.length, ...(tensor.length > 0 ? shapeOf(tensor[0]) : [])] : [];
}

/**
 * Pulling a number sideways changes it, a hundredth of its size a pixel.
 *
 * @param {HTMLInputElement} input
 * @param {number} entry
 * @param {(number: number) => void} change
 */
function listenToPulls(input, entry, change) {
  input.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0 || document.activeElement === input) return;
    const step = Math.max(0.01, Math.abs(entry) / 100);
    let pulled = false;
    let sent = entry;
    /** @param {PointerEvent} moved */
    const move = (moved) => {
      const distance = moved.clientX - event.clientX;
      if (!pulled && Math.abs(distance) < SLACK) return;
      if (!pulled) input.blur();
      pulled = true;
      moved.preventDefault();
      const number = Number((entry + Math.round(distance) * step).toPrecision(4));
      if (number === sent) return;
      sent = number;
      input.value = formatNumber(number);
      change(number);
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (pulled) input.blur();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });
}

/**
 * Chooses which matrix of a longer array is shown.
 *
 * @param {number[]} sizes
 * @param {number[]} index
 * @param {() => void} redraw
 */
function slicer(sizes, index, redraw) {
  const element = document.createElement("div");
  element.className = "slicer";
  sizes.forEach((size, axis) => {
    const label = document.createElement("label");
    label.textContent = t("numbers.axis", { axis });
    const input = document.createElement("input");
    input.type = "number";
    input.min = "0";
    input.max = String(size - 1);
    input.value = String(index[axis]);
    input.addEventListener("input", () => {
      index[axis] = Math.max(0, Math.min(size - 1, Math.round(Number(input.value) || 0)));
      redraw();
    });
    label.append(input);
    element.append(label);
  });
  return element;
}
