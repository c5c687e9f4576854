/**
 * Arrays as files to take away: rows of CSV, NumPy's .npy, and safetensors, which holds several by name.
 *
 * @import {NestedTensor} from "../types.js"
 */
import { toNumber } from "./tensor.js";
import { nest } from "./npy.js";

/** @param {NestedTensor} tensor @returns {number[]} */
export const entriesOf = (tensor) => (Array.isArray(tensor) ? tensor.flatMap(entriesOf) : [toNumber(tensor)]);

/** @param {NestedTensor} tensor @returns {number[]} */
export function shapeOf(tensor) {
  return Array.isArray(tensor) ? [tensor.length, ...(tensor.length > 0 ? shapeOf(tensor[0]) : [])] : [];
}

/** Rows of an array, its leading axes one after another; a vector is a column. @param {NestedTensor} tensor */
export function toCsv(tensor) {
  const shape = shapeOf(tensor);
  const width = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const entries = entriesOf(tensor);
  return Array.from({ length: entries.length / width }, (_, i) => entries.slice(i * width, (i + 1) * width).join(",")).join("\n") + "\n";
}

/** Little-endian 64-bit floats. @param {number[]} entries */
function bytesOf(entries) {
  const view = new DataView(new ArrayBuffer(8 * entries.length));
  entries.forEach((entry, i) => view.setFloat64(8 * i, entry, true));
  return new Uint8Array(view.buffer);
}

/** Version 1.0 of the format: magic, the header's length, a header that ends at a multiple of 64 bytes, the entries. @param {NestedTensor} tensor */
export function toNpy(tensor) {
  const shape = shapeOf(tensor);
  const words = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const length = Math.ceil((10 + words.length + 1) / 64) * 64 - 10;
  const head = new TextEncoder().encode(`${words.padEnd(length - 1)}\n`);
  return new Blob([new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, head.length & 255, head.length >> 8]), head, bytesOf(entriesOf(tensor))]);
}

/** A JSON header, padded to 8 bytes, then the entries. @param {Record<string, NestedTensor>} tensors */
export function toSafetensors(tensors) {
  /** @type {Record<string, object>} */
  const header = {};
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const bytes = bytesOf(entriesOf(tensor));
    header[name] = { dtype: "F64", shape: shapeOf(tensor), data_offsets: [offset, (offset += bytes.length)] };
    parts.push(bytes);
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8);
  const words = new TextEncoder().encode(text);
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(words.length), true);
  return new Blob([size.buffer, words, ...parts]);
}

/** How an entry of each kind is read, and its bytes. @type {Record<string, [number, (view: DataView, at: number) => number]>} */
const KINDS = {
  F64: [8, (view, at) => view.getFloat64(at, true)],
  F32: [4, (view, at) => view.getFloat32(at, true)],
  I64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  I32: [4, (view, at) => view.getInt32(at, true)],
  BOOL: [1, (view, at) => view.getUint8(at)],
};

/** @param {ArrayBuffer} buffer @returns {Record<string, NestedTensor>} those whose kind is known; throws where it is no such file */
export function readSafetensors(buffer) {
  const view = new DataView(buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const found = Object.entries(header).flatMap(([name, { dtype, shape, data_offsets: [start] = [0] }]) => {
    const kind = KINDS[dtype];
    if (name === "__metadata__" || !kind) return [];
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const entries = Array.from({ length: count }, (_, i) => kind[1](view, 8 + length + start + i * kind[0]));
    return [/** @type {[string, NestedTensor]} */ ([name, nest(entries, shape)])];
  });
  return Object.fromEntries(found);
}

/** The browser keeps a file. @param {string} name @param {Blob} blob */
export function saveFile(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
