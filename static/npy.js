/**
 * Arrays from elsewhere: NumPy's .npy files, JSON, and numbers separated by commas, semicolons, blanks or tabs.
 *
 * @import {NestedTensor} from "./types.js"
 */
import { formatCount } from "./format.js";
import { t } from "./strings/strings.js";

/** @type {Record<string, (view: DataView, at: number, little: boolean) => number>} */
const READERS = {
  f8: (view, at, little) => view.getFloat64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
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

/** @param {ArrayBuffer} buffer @returns {NestedTensor} */
export function readNpy(buffer) {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  if (bytes.length < 12 || String.fromCharCode(...bytes.slice(1, 6)) !== "NUMPY") throw new Error(t("change.npy"));
  const wide = bytes[6] >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = new TextDecoder("latin1").decode(bytes.slice(start, start + length));
  const type = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1].split(",").filter((part) => part.trim()).map(Number);
  const read = READERS[type?.[2] ?? ""];
  if (!type || !shape || !read) throw new Error(t("change.npy.kind"));
  const size = Number(type[2].slice(1));
  const count = shape.reduce((a, b) => a * b, 1);
  if (bytes.length < start + length + count * size) throw new Error(t("change.npy.short"));
  const entries = Array.from({ length: count }, (_, i) => read(view, start + length + i * size, type[1] !== ">"));
  const columnsFirst = /'fortran_order':\s*True/.test(header);
  return columnsFirst ? transpose(nest(entries, [...shape].reverse()), shape) : nest(entries, shape);
}

/**
 * Numbers as somebody pastes them; what has the right count is given the shape that is needed.
 *
 * @param {string} text
 * @param {number[]} shape
 * @returns {NestedTensor}
 */
export function readNumbers(text, shape) {
  const plain = text.trim().replaceAll("\u2212", "-");
  if (plain.startsWith("[") || plain.startsWith("{")) return reshape(parseJson(plain), shape);
  const words = plain.split(/[\s,;]+/).filter((word) => word !== "");
  const entries = words.map(Number);
  const wrong = words.find((_, i) => !Number.isFinite(entries[i]));
  if (wrong !== undefined) throw new Error(t("change.word", { word: wrong }));
  return reshape(entries, shape);
}

/** @param {string} text @returns {NestedTensor} */
function parseJson(text) {
  const parsed = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new Error(t("change.list"));
  return parsed;
}

/** @param {NestedTensor} tensor @param {number[]} shape @returns {NestedTensor} */
export function reshape(tensor, shape) {
  const entries = Array.isArray(tensor) ? /** @type {any[]} */ (tensor).flat(Infinity) : [tensor];
  const wrong = entries.find((entry) => typeof entry !== "number" || !Number.isFinite(entry));
  if (wrong !== undefined) throw new Error(t("change.word", { word: String(wrong) }));
  const count = shape.reduce((a, b) => a * b, 1);
  if (entries.length !== count) throw new Error(t("change.count", { count: formatCount(count), found: formatCount(entries.length) }));
  return nest(entries, shape);
}

/** @param {number[]} entries @param {number[]} shape @returns {NestedTensor} */
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
