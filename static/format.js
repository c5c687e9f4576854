/**
 * How numbers are written: every number of the page comes through here. To how many significant digits, and
 * whether in scientific notation, is the person's choice and remembered; grouping follows the language.
 */
import { language } from "./strings/strings.js";

/** @typedef {{ digits: number, scientific: boolean }} Writing */

const KEY = "tidegraph.numbers";
const MINUS = "\u2212";
export const DIGITS = [3, 4, 5, 6];
/** What the server writes into equations by itself. */
const USUAL = 4;
/** Powers of ten below and from which they are written out. */
const SMALLEST = -3;
const LARGEST = 5;
/** Prefixes of units, a thousand apart. */
const LARGE = ["", "k", "M", "G", "T", "P", "E"];
const SMALL = ["", "m", "\u00b5", "n", "p"];

/** @type {Writing} */
let writing = stored();

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();
const grouped = new Intl.NumberFormat(language);
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

/** @returns {Writing} */
export function currentWriting() {
  return writing;
}

/** @param {Writing} next */
export function setWriting(next) {
  writing = { digits: DIGITS.includes(next.digits) ? next.digits : USUAL, scientific: next.scientific };
  try {
    localStorage.setItem(KEY, JSON.stringify(writing));
  } catch {
    // A browser that keeps nothing still writes so until the page is left.
  }
}

/** What a request says of how its equations are to be written: nothing where the usual is wanted. */
export function wishedWriting() {
  return { ...(writing.digits === USUAL ? {} : { digits: writing.digits }), ...(writing.scientific ? { scientific: true } : {}) };
}

/**
 * A number to the significant digits chosen, with a true minus sign and no trailing zeros.
 *
 * @param {number} number
 * @param {number} [most] digits where more would say nothing
 */
export function formatNumber(number, most = Infinity) {
  return write(number, Math.min(most, writing.digits), writing.scientific);
}

/**
 * A number where room is short, in the picture: plain, whatever is chosen elsewhere.
 *
 * @param {number} number
 * @param {number} [digits]
 */
export function formatShort(number, digits = 3) {
  return write(number, digits, false);
}

/**
 * @param {number} number
 * @param {number} digits
 * @param {boolean} scientific
 */
function write(number, digits, scientific) {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "\u221e" : `${MINUS}\u221e`;
  if (number === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(number)));
  const power = scientific || exponent < SMALLEST || exponent >= Math.max(LARGEST, digits);
  const text = power ? number.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e") : formatOf(digits).format(number);
  return text.replaceAll("-", MINUS);
}

/** @param {number} digits */
function formatOf(digits) {
  const known = formats.get(digits) ?? new Intl.NumberFormat(language, { maximumSignificantDigits: digits, useGrouping: "min2" });
  formats.set(digits, known);
  return known;
}

/** How many there are, every digit. @param {number} count */
export function formatCount(count) {
  return grouped.format(count).replaceAll("-", MINUS);
}

/** How many there are, about: 1.2K, 3M. @param {number} count */
export function formatAbout(count) {
  return compact.format(count);
}

/**
 * An amount with its unit and a decimal prefix, to three digits: 98.3 kB, 15 \u00b5s.
 *
 * @param {number} value
 * @param {string} unit
 */
export function formatQuantity(value, unit) {
  let power = 0;
  const size = () => Number((Math.abs(value) / 1000 ** power).toPrecision(3));
  while (size() >= 1000 && power < LARGE.length - 1) power += 1;
  while (value !== 0 && size() < 1 && -power < SMALL.length - 1) power -= 1;
  const prefix = power < 0 ? SMALL[-power] : LARGE[power];
  return `${formatShort(value / 1000 ** power)}\u00a0${prefix}${unit}`;
}

/** @param {number} count of bytes, which are not divided */
export const formatBytes = (count) => formatQuantity(Math.round(count), "B");

/** @param {number} time in seconds */
export const formatSeconds = (time) => formatQuantity(time, "s");

/** @param {number} part of one */
export function formatShare(part) {
  return share.format(part);
}

/** @returns {Writing} */
function stored() {
  try {
    const { digits, scientific: wished } = JSON.parse(globalThis.localStorage?.getItem(KEY) ?? "{}");
    return { digits: DIGITS.includes(digits) ? digits : USUAL, scientific: wished === true };
  } catch {
    return { digits: USUAL, scientific: false };
  }
}
