import assert from "node:assert/strict";
import test from "node:test";
import { readNpy, readNumbers, reshape } from "../../static/npy.js";

/** @param {string} header @param {ArrayBufferView} data */
function npy(header, data) {
  const text = `${header.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + text.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, text.length % 256, text.length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes.set(new Uint8Array(data.buffer), 10 + text.length);
  return bytes.buffer;
}

test("an .npy file of rows, and one of columns", () => {
  const data = new Float64Array([1, 2, 3, 4, 5, 6]);
  assert.deepEqual(readNpy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", data)), [[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(readNpy(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", data)), [[1, 3, 5], [2, 4, 6]]);
  assert.equal(readNpy(npy("{'descr': '<i4', 'fortran_order': False, 'shape': (), }", new Int32Array([7]))), 7);
});

test("what is no .npy file of numbers is refused in words", () => {
  assert.throws(() => readNpy(new ArrayBuffer(4)), /no \.npy/);
  assert.throws(() => readNpy(npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(16))), /other than numbers/);
  assert.throws(() => readNpy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", new Float64Array(2))), /cut off/);
});

test("pasted numbers take the shape that is needed", () => {
  assert.deepEqual(readNumbers("1,2\n3\t4", [2, 2]), [[1, 2], [3, 4]]);
  assert.deepEqual(readNumbers("[[1, 2], [3, 4]]", [4]), [1, 2, 3, 4]);
  assert.equal(readNumbers("\u22122.5", []), -2.5);
  assert.throws(() => readNumbers("1, 2", [3]), /3 numbers are needed; here are 2/);
  assert.throws(() => readNumbers("1, two", [2]), /two is not a number/);
  assert.throws(() => reshape([1, "NaN"], [2]), /not a number/);
});
