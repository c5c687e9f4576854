/**
 * Arrays from elsewhere: NumPy's .npy files; brackets, as JSON, NumPy and PyTorch print them; and tables of numbers,
 * separated by commas, semicolons, blanks or tabs.
 *
 * @import {NestedTensor, Scalar} from "../types.js"
 */
import { formatCount } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { formatShape, readScalar, toScalar } from "./tensor.js";

/** @type {Record<string, (view: DataView, at: number, little: boolean) => number>} */
const READERS = {
  f8: (view, at, little) => view.getFloat64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  i4: (view, at, little) => view.getInt32(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  i1: (view, at) => view.getInt8(at),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  u4: (view, at, little) => view.getUint32(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  u1: (view, at) => view.getUint8(at),
  b1: (view, at) => view.getUint8(at),
};

/** IEEE 754 half precision. @param {number} bits */
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 ? -size : size;
}

/** @param {ArrayBuffer} buffer @returns {NestedTensor} */
export function readNpy(buffer) {
  const bytes = new Uint8Array(buffer);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new Error(t("change.npz"));
  const view = new DataView(buffer);
  if (bytes.length < 12 || String.fromCharCode(...bytes.slice(1, 6)) !== "NUMPY") throw new Error(t("change.npy"));
  const wide = bytes[6] >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (bytes.length < start + length) throw new Error(t("change.npy.short"));
  const header = new TextDecoder("latin1").decode(bytes.slice(start, start + length));
  const type = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1].split(",").filter((part) => part.trim()).map(Number);
  const read = READERS[type?.[2] ?? ""];
  if (!type || !shape || !read) throw new Error(t("change.npy.kind"));
  const size = Number(type[2].slice(1));
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length < start + length + count * size) throw new Error(t("change.npy.short"));
  const entries = Array.from({ length: count }, (_, i) => toScalar(read(view, start + length + i * size, type[1] !== ">")));
  const columnsFirst = /'fortran_order':\s*True/.test(header);
  return columnsFirst ? transpose(nest(entries, [...shape].reverse()), shape) : nest(entries, shape);
}

/**
 * Numbers as somebody pastes them, in the shape that is needed.
 *
 * @param {string} text
 * @param {number[]} shape
 * @returns {NestedTensor}
 */
export function readNumbers(text, shape) {
  const plain = text.replace(/^\uFEFF/, "").trim();
  if (plain.startsWith("{")) throw new Error(t("change.list"));
  return reshape(plain.includes("[") ? readBrackets(plain) : readTable(plain), shape);
}

/** Nested lists, inside of a call and with its keywords too: `array([[1., 2.]], dtype=float32)`. @param {string} text */
function readBrackets(text) {
  const inner = text.slice(text.indexOf("["), text.lastIndexOf("]") + 1);
  /** @type {NestedTensor[]} */
  let open = [];
  /** @type {NestedTensor[][]} */
  const around = [];
  for (const [word] of inner.matchAll(/[[\]]|[^[\],;\s]+/g)) {
    if (word === "[") around.push(open), (open = []);
    else if (word === "]") {
      const closed = open;
      open = around.pop() ?? fail("change.brackets");
      open.push(closed);
    } else open.push(number(word));
  }
  if (around.length > 0 || open.length !== 1) fail("change.brackets");
  return open[0];
}

/**
 * Rows of numbers. A first row of words is a heading. Where semicolons or tabs stand between numbers, commas are
 * decimal ones.
 *
 * @param {string} text
 * @returns {NestedTensor}
 */
function readTable(text) {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  const between = /;/.test(text) ? /;/ : /\t/.test(text) ? /\t/ : null;
  const decimal = between !== null && lines.length > 1 && lines.every((line) => between.test(line)) && /\d,\d/.test(text);
  const words = lines.map((line) =>
    line
      .split(decimal ? between : /[\s,;]+/)
      .map((word) => word.trim().replace(/^"(.*)"$/, "$1"))
      .filter((word) => word !== "")
      .map((word) => (decimal ? word.replace(",", ".") : word)),
  );
  if (words.length > 1 && words[0].every((word) => readScalar(word) === null)) words.shift();
  const rows = words.map((row) => row.map(number));
  return rows.length > 1 && rows.every(({ length }) => length === rows[0].length) ? rows : rows.flat();
}

/** @param {string} word @returns {Scalar} */
function number(word) {
  return readScalar(word) ?? fail("change.word", { word: word.length > 24 ? `${word.slice(0, 24)}\u2026` : word });
}

/** @param {Parameters<typeof t>[0]} key @param {Parameters<typeof t>[1]} [values] @returns {never} */
function fail(key, values) {
  throw new Error(t(key, values));
}

/**
 * The same entries in the shape that is needed. A list may become anything of its length; rows stay rows.
 *
 * @param {NestedTensor} tensor
 * @param {number[]} shape
 * @returns {NestedTensor}
 */
export function reshape(tensor, shape) {
  const found = shapeOf(tensor) ?? fail("change.rows");
  const entries = Array.isArray(tensor) ? /** @type {any[]} */ (tensor).flat(Infinity) : [tensor];
  const count = shape.reduce((a, b) => a * b, 1);
  const [given, needed] = [found, shape].map((sizes) => sizes.filter((size) => size !== 1));
  const rows = given.length > 1 && needed.length > 1;
  const stacked = given.length === 2 && given[1] === needed.at(-1) && entries.length === count;
  if (rows && String(given) !== String(needed) && !stacked) fail("change.shape", { shape: formatShape(shape), found: formatShape(found) });
  if (entries.length !== count) fail("change.count", { count: formatCount(count), found: formatCount(entries.length) });
  return nest(entries, shape);
}

/** @param {NestedTensor} tensor @returns {number[] | null} null where rows have different lengths */
function shapeOf(tensor) {
  if (!Array.isArray(tensor)) return [];
  const [first, ...others] = tensor.map(shapeOf);
  if (tensor.length === 0) return [0];
  return first && others.every((other) => String(other) === String(first)) ? [tensor.length, ...first] : null;
}

/** @param {Scalar[]} entries @param {number[]} shape @returns {NestedTensor} */
export function nest(entries, shape) {
  if (shape.length === 0) return entries[0];
  const [size, ...rest] = shape;
  const step = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: size }, (_, i) => nest(entries.slice(i * step, (i + 1) * step), rest));
}

/** @param {NestedTensor} tensor with its axes in reverse @param {number[]} shape @returns {NestedTensor} */
function transpose(tensor, shape) {
  /** @param {number[]} index @returns {NestedTensor} */
  const build = (index) => {
    if (index.length === shape.length) return [...index].reverse().reduce((part, i) => /** @type {any} */ (part)[i], tensor);
    return Array.from({ length: shape[index.length] }, (_, i) => build([...index, i]));
  };
  return build([]);
}
