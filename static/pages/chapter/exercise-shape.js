/**
 * Exercise 1: the shape of a gradient, read off the gradient that the engine returns.
 *
 * @import {Lab, Question} from "./exercises.js"
 */

/** @param {Lab} lab @returns {Record<string, Question>} */
export function shape({ api, graphOf }) {
  return {
    shape: {
      async judge({ n, m, f, rows, columns }) {
        const { gradients } = await api.ask("gradients", { program: programOf(n, m, f) });
        const [right, wide] = shapeOf(gradients.X);
        const [a, b] = [Number(rows), Number(columns)];
        const count = right * wide;
        const blanks = { rows: right, columns: wide, count };
        if (a === right && b === wide) return { right: true, says: ["right"], blanks };
        if (a === wide && b === right) return { right: false, says: ["transposed"], blanks };
        if (a === 1 && b === 1) return { right: false, says: ["scalar"], blanks };
        if (a === count && b === count) return { right: false, says: ["square"], blanks };
        return { right: false, says: [a * b === count ? "flat" : "other"], blanks };
      },
      set: ({ n, m, f }) => {
        if ([n, m].every((size) => Number.isInteger(Number(size)) && Number(size) >= 1 && Number(size) <= 9)) {
          graphOf("shape").setAttribute("program", programOf(n, m, f));
        }
      },
      after: () => graphOf("shape").seek(Infinity),
    },
  };
}

/** @param {string} n @param {string} m @param {string} f */
function programOf(n, m, f) {
  return `X: input[${n}, ${m}]\nJ = ${f}`;
}

/** @param {any} tensor nested lists @returns {number[]} */
export function shapeOf(tensor) {
  return Array.isArray(tensor) ? [tensor.length, ...shapeOf(tensor[0])] : [];
}
