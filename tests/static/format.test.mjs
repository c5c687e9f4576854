import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatAbout, formatBytes, formatCount, formatNumber, formatQuantity, formatSeconds, formatShare, formatTimes, formatWithin, onWriting, setWriting, wishedWriting,
} from "../../static/i18n/format.js";

test("numbers are short, with a true minus", () => {
  for (const [number, text] of /** @type {[number, string][]} */ ([
    [0, "0"],
    [-4, "\u22124"],
    [0.123456, "0.1235"],
    [64, "64"],
    [1234.56, "1235"],
    [12345, "12,350"],
    [1e-7, "1e\u22127"],
    [-2.5e9, "\u22122.5e9"],
    [NaN, "NaN"],
    [-Infinity, "\u2212\u221e"],
  ])) {
    assert.equal(formatNumber(number), text);
  }
});

test("digits and notation are as they were chosen, and the server is told", () => {
  assert.deepEqual(wishedWriting(), {});
  assert.equal(formatNumber(Math.PI), "3.142");
  assert.equal(formatNumber(Math.PI, 2), "3.1");
  setWriting({ digits: 6, scientific: false });
  assert.equal(formatNumber(Math.PI), "3.14159");
  assert.deepEqual(wishedWriting(), { digits: 6 });
  setWriting({ digits: 3, scientific: true });
  assert.equal(formatNumber(1234.5), "1.23e3");
  assert.deepEqual(wishedWriting(), { digits: 3, scientific: true });
  setWriting({ digits: 4, scientific: false });
});

test("where room is short there are as many of the chosen digits as fit", () => {
  const fits = (/** @type {number} */ most) => (/** @type {string} */ text) => text.length <= most;
  setWriting({ digits: 6, scientific: false });
  assert.equal(formatWithin(-0.123456, fits(9)), "\u22120.123456");
  assert.equal(formatWithin(-0.123456, fits(7)), "\u22120.1235");
  assert.equal(formatWithin(-12345.6, fits(7)), "\u221212,346");
  assert.equal(formatWithin(-12345.6, fits(6)), "\u22121.2e4");
  assert.equal(formatWithin(-1e-300, fits(3)), "\u22121e\u2212300");
  setWriting({ digits: 4, scientific: true });
  assert.equal(formatWithin(0.123456, fits(7)), "1.23e\u22121");
  setWriting({ digits: 4, scientific: false });
});

test("who writes numbers hears that they are to be written otherwise, once", () => {
  let heard = 0;
  onWriting(() => (heard += 1));
  setWriting({ digits: 5, scientific: false });
  setWriting({ digits: 5, scientific: false });
  setWriting({ digits: 7, scientific: false });
  assert.deepEqual([heard, wishedWriting()], [2, {}]);
});

test("counts are grouped, large ones told about, parts in per cent", () => {
  assert.equal(formatCount(1234567), "1,234,567");
  assert.equal(formatAbout(1234567), "1.2M");
  assert.equal(formatShare(0.125), "12.5%");
  assert.equal(formatTimes(2.3456), "2.35");
});

const spaced = (/** @type {string} */ words) => words.replaceAll("\u00a0", " ");

test("quantities have three digits and one prefix", () => {
  assert.equal(spaced(formatBytes(0)), "0 B");
  assert.equal(spaced(formatBytes(40)), "40 B");
  assert.equal(spaced(formatBytes(999.6)), "1 kB");
  assert.equal(spaced(formatBytes(98304)), "98.3 kB");
  assert.equal(spaced(formatBytes(999_999)), "1 MB");
  assert.equal(spaced(formatBytes(2_195_472)), "2.2 MB");
  assert.equal(spaced(formatSeconds(0.0054018)), "5.4 ms");
  assert.equal(spaced(formatSeconds(1.5e-5)), "15 \u00b5s");
  assert.equal(spaced(formatSeconds(0)), "0 s");
  assert.equal(spaced(formatQuantity(1e10, "FLOP/s")), "10 GFLOP/s");
});
