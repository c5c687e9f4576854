import assert from "node:assert/strict";
import test from "node:test";
import { readNpy, readNumbers, reshape } from "../../static/shared/npy.js";

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
  const long = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", new Float64Array(2));
  assert.throws(() => readNpy(long), /cut off/);
  assert.throws(() => readNpy(long.slice(0, 40)), /cut off/);
  assert.throws(() => readNpy(new Uint8Array([0x50, 0x4b, 3, 4]).buffer), /\.npz/);
});

test("an .npy file of halves, with what is not finite", () => {
  const halves = npy("{'descr': '<f2', 'fortran_order': False, 'shape': (5,), }", new Uint16Array([0x3c00, 0xc100, 0x0001, 0x7c00, 0x7e00]));
  assert.deepEqual(readNpy(halves), [1, -2.5, 2 ** -24, "Infinity", "NaN"]);
});

test("pasted numbers take the shape that is needed", () => {
  assert.deepEqual(readNumbers("1,2\n3\t4", [2, 2]), [[1, 2], [3, 4]]);
  assert.deepEqual(readNumbers("[[1, 2], [3, 4]]", [4]), [1, 2, 3, 4]);
  assert.deepEqual(readNumbers("[[1, 2], [3, 4]]", [2, 1, 2]), [[[1, 2]], [[3, 4]]]);
  assert.deepEqual(readNumbers("1 2\n3 4\n5 6\n7 8", [2, 2, 2]), [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
  assert.equal(readNumbers("\u22122.5", []), -2.5);
  assert.deepEqual(readNumbers("1, -inf, NaN", [3]), [1, "-Infinity", "NaN"]);
});

test("numbers are read as spreadsheets, NumPy and PyTorch write them", () => {
  const rows = [[1.5, 2], [3, 4]];
  assert.deepEqual(readNumbers("\uFEFFa,b\r\n1.5,2\r\n3,4\r\n", [2, 2]), rows);
  assert.deepEqual(readNumbers('"1,5";"2"\n"3";"4"', [2, 2]), rows);
  assert.deepEqual(readNumbers("[[1.5 2. ]\n [3.  4. ]]", [2, 2]), rows);
  assert.deepEqual(readNumbers("array([[1.5, 2.],\n       [3., 4.]], dtype=float32)", [2, 2]), rows);
  assert.deepEqual(readNumbers("tensor([[1.5, 2.], [3., 4.]], grad_fn=<AddBackward0>)", [2, 2]), rows);
});

test("numbers that do not fit are refused in words, and never put in another order", () => {
  assert.throws(() => readNumbers("1, 2", [3]), /3 numbers are needed; here are 2/);
  assert.throws(() => readNumbers("1, two", [2]), /two is not a number/);
  assert.throws(() => readNumbers("[[1, 2, 3], [4, 5, 6]]", [3, 2]), /3 × 2 numbers are needed; here are 2 × 3/);
  assert.throws(() => reshape([[1, 2, 3], [4, 5, 6]], [3, 2]), /3 × 2/);
  assert.throws(() => readNumbers("[[1, 2], [3]]", [2, 2]), /different lengths/);
  assert.throws(() => readNumbers("[[1, 2], [3, 4]", [2, 2]), /brackets/);
  assert.throws(() => readNumbers('{"a": 1}', [1]), /list of numbers/);
  assert.throws(() => readNumbers("[1, null]", [2]), /null is not a number/);
});
