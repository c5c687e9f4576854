/**
 * Equations with slots for numbers, as a structure has them, and the numbers as LaTeX: the same rules as in the engine's
 * `ops/latex.py` and `notation/latex.py`; see docs/architecture.md, "Templates".
 *
 * @import {Tensor} from "./tensor.js"
 */
import { writeNumber } from "../shared/numbers.js";

/** How tightly an expression holds together: a number with a power of ten, one with a sign, any other. */
const [PRODUCT, SIGN, ATOM] = [3, 4, 6];
/** Rows and columns of a matrix that are written out; of a larger one the first and last. */
const MAX_ROWS = 6;

const SLOT = /⟦([^⟦⟧|]+)(?:\|(\d))?⟧/g;
const SIGNED = /⦅([^⦅⦆]*)⦆/g;

/** @typedef {{ text: string, level: number }} Tex */

/** @param {string} text */
const enclosed = (text) => (text.startsWith("-") ? `\\left(${text}\\right)` : text);

/** @param {number} value @param {number} digits @param {boolean} scientific @returns {Tex} */
export function numberTex(value, digits, scientific) {
  const text = writeNumber(value, digits, scientific);
  const at = text.indexOf("e");
  if (at > 0) return { text: `${text.slice(0, at)} \\times 10^{${text.slice(at + 1)}}`, level: PRODUCT };
  const shown = text.replace("Infinity", "\\infty").replace("NaN", "\\mathrm{NaN}");
  return { text: shown, level: shown.startsWith("-") ? SIGN : ATOM };
}

/** @param {number} size @returns {(number | null)[]} the indices that are written out of a row; null stands for dots */
const shownOf = (size) => (size <= MAX_ROWS ? Array.from({ length: size }, (_, at) => at) : [...Array.from({ length: MAX_ROWS - 2 }, (_, at) => at), null, size - 1]);

/** An array as LaTeX: a vector stands upright, a tensor is told by its shape. @param {Tensor} array @param {number} digits @param {boolean} scientific @returns {Tex} */
export function arrayTex({ data, shape }, digits, scientific) {
  if (shape.length === 0) return numberTex(data[0], digits, scientific);
  if (shape.length > 2 || data.length === 0) return { text: `\\left[\\,${shape.join(" \\times ")}\\,\\right]`, level: ATOM };
  const [rows, columns] = shape.length === 1 ? [shape[0], 1] : shape;
  const across = shownOf(columns);
  const lines = shownOf(rows).map((i) =>
    across.map((j) => (i === null ? (j === null ? "\\ddots" : "\\vdots") : j === null ? "\\cdots" : numberTex(data[i * columns + j], digits, scientific).text)).join(" & "),
  );
  return { text: `\\begin{bmatrix} ${lines.join(" \\\\ ")} \\end{bmatrix}`, level: ATOM };
}

/** @param {string} template @param {(key: string) => Tex} number */
export function fill(template, number) {
  let text = template.replace(SLOT, (_, key, level) => {
    const tex = number(key);
    return tex.level >= Number(level ?? 0) ? tex.text : `\\left(${tex.text}\\right)`;
  });
  while (text.includes("⦅")) text = text.replace(SIGNED, (_, inside) => enclosed(inside));
  return text;
}

/**
 * An equation that is filled when it is read.
 *
 * @param {Record<string, string>} template
 * @param {(key: string) => Tex} number
 */
export function filledLater(template, number) {
  /** @type {Record<string, string>} */
  const equation = {};
  for (const [form, text] of Object.entries(template)) {
    if (form === "bare") continue;
    if (!text.includes("⟦")) {
      equation[form] = text;
      continue;
    }
    Object.defineProperty(equation, form, {
      enumerable: true,
      configurable: true,
      get() {
        let made = fill(text, number);
        if (form === "numeric" && template.bare) {
          const at = made.lastIndexOf(" = ");
          const [left, right] = [made.slice(0, at), made.slice(at + 3)];
          if (left === right) made = `${template.bare} = ${right}`;
        }
        Object.defineProperty(equation, form, { value: made, enumerable: true });
        return made;
      },
    });
  }
  return equation;
}
