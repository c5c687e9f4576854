/** Quantities in words, every panel's the same: three digits, decimal prefixes, a number and its unit together. */

const LARGE = ["", "k", "M", "G", "T", "P", "E"];
const SMALL = ["", "m", "\u00b5", "n", "p"];

/** @param {number} value @param {string} unit @param {number} [digits] */
export function quantity(value, unit, digits = 3) {
  if (!Number.isFinite(value)) return `\u221e ${unit}`;
  let power = 0;
  const size = () => Number((Math.abs(value) / 1000 ** power).toPrecision(digits));
  while (size() >= 1000 && power < LARGE.length - 1) power += 1;
  while (value !== 0 && size() < 1 && -power < SMALL.length - 1) power -= 1;
  const prefix = power < 0 ? SMALL[-power] : LARGE[power];
  return `${plain(value / 1000 ** power, digits)}\u00a0${prefix}${unit}`;
}

/** @param {number} value of at least one, or zero: bytes are not divided */
export const bytes = (value) => quantity(Math.round(value), "B");

/** @param {number} value */
export const seconds = (value) => quantity(value, "s");

/** @param {number} share from 0 to 1 */
export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;

/** A number without trailing zeros. @param {number} value @param {number} [digits] */
export const plain = (value, digits = 3) => String(Number(value.toPrecision(digits)));
