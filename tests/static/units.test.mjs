import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, percent, quantity, seconds } from "../../static/panels/units.js";

const spaced = (/** @type {string} */ words) => words.replaceAll("\u00a0", " ");

test("quantities have three digits and one prefix", () => {
  assert.equal(spaced(bytes(0)), "0 B");
  assert.equal(spaced(bytes(40)), "40 B");
  assert.equal(spaced(bytes(999.6)), "1 kB");
  assert.equal(spaced(bytes(98304)), "98.3 kB");
  assert.equal(spaced(bytes(999_999)), "1 MB");
  assert.equal(spaced(bytes(2_195_472)), "2.2 MB");
  assert.equal(spaced(seconds(0.0054018)), "5.4 ms");
  assert.equal(spaced(seconds(1.5e-5)), "15 \u00b5s");
  assert.equal(spaced(seconds(0)), "0 s");
  assert.equal(spaced(quantity(1e10, "FLOP/s")), "10 GFLOP/s");
  assert.equal(spaced(percent(0.4534)), "45 %");
});
