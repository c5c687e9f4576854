/**
 * How numbers are written: every number of the page comes through here. To how many significant digits, and
 * whether in scientific notation, is the person's choice and remembered, or the wish of a page that embeds a graph;
 * grouping follows the language. Amounts with a unit have three digits and a prefix, which stands for the power of ten.
 */
import { writeNumber } from "../shared/numbers.js";
import { read, write } from "../state/storage.js";
import { language } from "./strings.js";

/** @typedef {{ digits: number, scientific: boolean }} Writing */

const KEY = "tidegraph.numbers";
const MINUS = "\u2212";
export const DIGITS = [3, 4, 5, 6];
/** What the server writes into equations by itself. */
export const USUAL = 4;
/** Prefixes of units, a thousand apart. */
const LARGE = ["", "k", "M", "G", "T", "P", "E"];
const SMALL = ["", "m", "\u00b5", "n", "p"];

/** @type {Writing} */
let writing = embedded() ?? stored();
/** @type {Set<() => void>} */
const listeners = new Set();

const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 21, useGrouping: "min2" });
const grouped = new Intl.NumberFormat(language);
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

/** @returns {Writing} */
export function currentWriting() {
  return writing;
}

/** @param {Writing} next */
export function setWriting(next) {
  adopt(allowed(next));
  write(KEY, JSON.stringify(writing));
}

/** What embeds graphs has changed its mind. */
export function rereadWriting() {
  adopt(embedded() ?? stored());
}

/** @param {() => void} listener called when numbers are to be written otherwise */
export function onWriting(listener) {
  listeners.add(listener);
}

/** @param {Writing} next */
function adopt(next) {
  if (next.digits === writing.digits && next.scientific === writing.scientific) return;
  writing = next;
  for (const listener of listeners) listener();
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
  return written(number, Math.min(most, writing.digits), writing.scientific);
}

/**
 * A number where room is short: as many of the chosen digits as fit, plainly or else with a power of ten.
 *
 * @param {number} number
 * @param {(text: string) => boolean} fits
 */
export function formatWithin(number, fits) {
  for (let { digits } = writing; digits > 0; digits -= 1) {
    const text = [formatNumber(number, digits), written(number, digits, true)].find(fits);
    if (text !== undefined) return text;
  }
  return formatNumber(number);
}

/**
 * A number as the rule has it, with the signs and the grouping of the language.
 *
 * @param {number} number
 * @param {number} digits
 * @param {boolean} scientific
 */
function written(number, digits, scientific) {
  const text = writeNumber(number, digits, scientific);
  const shown = /^-?\d+(\.\d+)?$/.test(text) ? plain.format(/** @type {any} */ (text)) : text.replace("Infinity", "\u221e");
  return shown.replaceAll("-", MINUS);
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
  return `${written(value / 1000 ** power, 3, false)}\u00a0${prefix}${unit}`;
}

/** @param {number} count of bytes, which are not divided */
export const formatBytes = (count) => formatQuantity(Math.round(count), "B");

/** @param {number} time in seconds */
export const formatSeconds = (time) => formatQuantity(time, "s");

/** How many times as much, or of a unit that is named elsewhere: plainly, as a count. @param {number} ratio @param {number} [digits] */
export const formatTimes = (ratio, digits = 3) => written(ratio, digits, false);

/** @param {number} part of one */
export function formatShare(part) {
  return share.format(part);
}

/** What was chosen here before. @returns {Writing} */
function stored() {
  try {
    return allowed(JSON.parse(read(KEY) ?? "{}"));
  } catch {
    return allowed({});
  }
}

/** What the page asks for that a graph is embedded in: it writes all its numbers in one way. @returns {Writing | null} */
function embedded() {
  const asking = globalThis.document?.querySelector("tide-graph:is([digits], [scientific])");
  return asking ? allowed({ digits: Number(asking.getAttribute("digits")), scientific: asking.hasAttribute("scientific") }) : null;
}

/** @param {{ digits?: unknown, scientific?: unknown }} wished @returns {Writing} */
function allowed({ digits, scientific }) {
  return { digits: DIGITS.find((count) => count === digits) ?? USUAL, scientific: scientific === true };
}
