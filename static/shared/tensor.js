/**
 * Reading arrays as the trace writes them: nested lists, bare scalars, strings for what JSON has no number
 * for, and summaries of what is too large to send.
 *
 * @import {NestedTensor, Scalar, Summary, Tensor} from "../types.js"
 */
import { t } from "../i18n/strings.js";

/**
 * @param {Tensor | null | undefined} tensor
 * @returns {tensor is Summary}
 */
export function isSummary(tensor) {
  return typeof tensor === "object" && tensor !== null && !Array.isArray(tensor) && tensor.summary;
}

/**
 * @param {Scalar} scalar
 * @returns {number}
 */
export function toNumber(scalar) {
  return typeof scalar === "number" ? scalar : Number(scalar);
}

/** A number as JSON can hold it. @param {number} number @returns {Scalar} */
export function toScalar(number) {
  return Number.isFinite(number) ? number : /** @type {Scalar} */ (String(number));
}

/**
 * A number as somebody writes it, infinities and NaN by their names too; null for anything else.
 *
 * @param {string} word
 * @returns {Scalar | null}
 */
export function readScalar(word) {
  const plain = word.trim().replaceAll("\u2212", "-");
  const named = /^([+-]?)(inf|infinity|\u221e|nan)$/i.exec(plain);
  if (named) return named[2].toLowerCase() === "nan" ? "NaN" : named[1] === "-" ? "-Infinity" : "Infinity";
  const number = Number(plain);
  return plain !== "" && Number.isFinite(number) ? number : null;
}

/** @param {import("../types.js").NestedTensor[]} tensor @returns {number[]} */
export function flatten(tensor) {
  return /** @type {any[]} */ (tensor).flat(Infinity).map(toNumber);
}

/** Euclidean norm, also where squares would be too large or too small for a number. @param {number[]} entries finite ones */
export function norm(entries) {
  const largest = entries.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0) || 1;
  return largest * Math.sqrt(entries.reduce((sum, entry) => sum + (entry / largest) ** 2, 0));
}

/** Root mean square: a size that arrays of different shapes can be compared by. @param {Tensor} tensor */
export function sizeOf(tensor) {
  if (isSummary(tensor)) return toNumber(tensor.norm) / Math.sqrt(Math.max(1, tensor.shape.reduce((a, b) => a * b, 1)));
  const entries = flatten([tensor]);
  return norm(entries.filter(Number.isFinite)) / Math.sqrt(Math.max(1, entries.length));
}

/**
 * The rows that a picture of the array shows: a vector stands upright as a column, and the leading axes of an
 * array with more than two are stacked.
 *
 * @param {Tensor} tensor
 * @returns {number[][]}
 */
export function toRows(tensor) {
  if (isSummary(tensor)) return tensor.picture.map((row) => row.map(toNumber));
  if (!Array.isArray(tensor)) return [[toNumber(tensor)]];
  if (!Array.isArray(tensor[0])) return tensor.map((entry) => [toNumber(/** @type {Scalar} */ (entry))]);
  let rows = /** @type {NestedTensor[]} */ (tensor);
  while (Array.isArray(rows[0]) && Array.isArray(rows[0][0])) {
    rows = rows.flatMap((row) => /** @type {NestedTensor[]} */ (row));
  }
  return rows.map((row) => /** @type {Scalar[]} */ (row).map(toNumber));
}

/**
 * Means of equal blocks, so that no side is longer than `limit`.
 *
 * @param {number[][]} rows
 * @param {number} limit
 * @returns {number[][]}
 */
export function reduceRows(rows, limit) {
  const columns = rows[0]?.length ?? 0;
  if (rows.length <= limit && columns <= limit) return rows;
  const height = Math.min(rows.length, limit);
  const width = Math.min(columns, limit);
  return Array.from({ length: height }, (_, i) => {
    const top = Math.floor((i * rows.length) / height);
    const bottom = Math.floor(((i + 1) * rows.length) / height);
    return Array.from({ length: width }, (_, j) => {
      const left = Math.floor((j * columns) / width);
      const right = Math.floor(((j + 1) * columns) / width);
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) sum += rows[row][column];
      }
      return sum / ((bottom - top) * (right - left));
    });
  });
}

/**
 * The largest finite magnitude: the two ends of a scale that has zero in its middle.
 *
 * @param {number[][]} rows
 * @returns {number}
 */
export function magnitude(rows) {
  let largest = 0;
  for (const row of rows) {
    for (const entry of row) if (Number.isFinite(entry)) largest = Math.max(largest, Math.abs(entry));
  }
  return largest;
}

/**
 * A copy of a nested array with one entry replaced.
 *
 * @param {NestedTensor} tensor
 * @param {number[]} index
 * @param {Scalar} entry
 * @returns {NestedTensor}
 */
export function withEntry(tensor, index, entry) {
  if (index.length === 0) return entry;
  const [first, ...rest] = index;
  return /** @type {NestedTensor[]} */ (tensor).map((part, i) => (i === first ? withEntry(part, rest, entry) : part));
}

/**
 * @param {NestedTensor} tensor
 * @param {number[]} index
 * @returns {NestedTensor}
 */
export function slice(tensor, index) {
  return index.reduce((part, i) => /** @type {NestedTensor[]} */ (part)[i], tensor);
}

/**
 * A shape as a program declares it: `[5, 4]`; a scalar's in words.
 *
 * @param {number[]} shape
 * @returns {string}
 */
export function writeShape(shape) {
  return shape.length === 0 ? t("shape.scalar") : `[${shape.join(", ")}]`;
}

/**
 * A shape in a sentence: `a vector of 5`, `5 × 4`.
 *
 * @param {number[]} shape
 */
export function describeShape(shape) {
  return shape.length === 1 ? t("shape.vector", { n: shape[0] }) : formatShape(shape);
}

/**
 * A shape in words that a screen reader says well: `5 × 4`, `scalar`.
 *
 * @param {number[]} shape
 * @returns {string}
 */
export function formatShape(shape) {
  return shape.length === 0 ? t("shape.scalar") : shape.join(" \u00d7 ");
}
