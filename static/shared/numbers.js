/**
 * How a number is written: the one rule for squares, tables, axes, the inspector and equations. The engine follows the
 * same one (`engine/notation/numbers.py`); `tests/vectors/numbers.json` holds both to it.
 */

/** The least power of ten of a number that is written out, and the one from which it is written with a power of ten. */
const [SMALLEST, LARGEST] = [-4, 5];

/** Digits to which a number is rounded first: the last bits of a sum decide nothing, whoever adds it up. */
const EXACT = 12;

/**
 * The digits of a positive number without zeros at the end, and the power of ten of the first; halves go up.
 *
 * @param {number} value
 * @param {number} digits
 * @returns {[string, number]}
 */
function significant(value, digits) {
  const [mantissa, power] = value.toExponential(Math.max(digits, EXACT) - 1).split("e");
  let text = mantissa.replace(".", "");
  let exponent = Number(power);
  if (text.charAt(digits) >= "5") {
    text = String(BigInt(text.slice(0, digits)) + 1n);
    if (text.length > digits) exponent += 1;
  }
  return [text.slice(0, digits).replace(/0+$/, ""), exponent];
}

/**
 * A number to so many significant digits, in ASCII: `-0.1235`, `12350`, `1.2e-7`, `NaN`, `-Infinity`.
 *
 * @param {number} value
 * @param {number} [digits]
 * @param {boolean} [scientific] whether it has a power of ten in any case
 */
export function writeNumber(value, digits = 4, scientific = false) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const sign = value < 0 ? "-" : "";
  const [shown, exponent] = significant(Math.abs(value), digits);
  if (scientific || exponent < SMALLEST || exponent >= Math.max(LARGEST, digits)) {
    return `${sign}${shown[0]}${shown.length > 1 ? "." : ""}${shown.slice(1)}e${exponent}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${shown}`;
  const rest = shown.slice(exponent + 1);
  return `${sign}${shown.slice(0, exponent + 1).padEnd(exponent + 1, "0")}${rest && "."}${rest}`;
}
