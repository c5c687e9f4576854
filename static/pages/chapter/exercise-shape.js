/**
 * Exercise 1: the shape of a gradient, read off the gradient that the engine returns.
 *
 * @import {Answer, Lab, Question} from "./exercises.js"
 */
import { formatShape } from "../../shared/tensor.js";
import { find, say } from "./messages.js";

const SIZES = ["n", "m", "k", "r", "s"];
const LARGEST = 9;

/** @param {Lab} lab @returns {Record<string, Question>} */
export function shape({ api, graphOf, part }) {
  return {
    shape: {
      async judge(answer) {
        const asked = variableOf(answer);
        const { gradients, values } = await api.ask("gradients", { program: programOf(answer) });
        const right = shapeOf(gradients[asked]);
        const given = read(answer.shape);
        const count = right.reduce((all, size) => all * size, 1);
        const blanks = { shape: formatShape(right), count, x: asked, given: given ? formatShape(given) || "1" : "" };
        const told = asked === "X" ? "told" : "told.broadcast";
        if (!given) return { right: false, says: ["unread"], blanks, told };
        if (String(given) === String(right)) return { right: true, says: [asked === "X" ? "right" : "right.broadcast"], blanks, told };
        return { right: false, says: [slip(given, right, shapeOf(values.X))], blanks, told };
      },
      set: (answer) => {
        const axes = Number(answer.axes);
        for (const [axis, name] of SIZES.entries()) find(part, `[name="${name}"]`).closest("label")?.toggleAttribute("hidden", axis >= axes);
        const product = /** @type {HTMLOptionElement} */ (find(part, '[value="sum(X @ X.T)"]'));
        product.disabled = axes !== 2;
        const functions = /** @type {HTMLSelectElement} */ (find(part, '[name="f"]'));
        if (product.disabled && product.selected) functions.selectedIndex = 0;
        const chosen = { ...answer, f: functions.value };
        find(part, "[data-asked]").textContent = say(part, "asked", { x: variableOf(chosen) });
        if (sizesOf(chosen).every((size) => Number.isInteger(size) && size >= 1 && size <= LARGEST)) {
          graphOf("shape").setAttribute("program", programOf(chosen));
        }
      },
      after: () => graphOf("shape").seek(Infinity),
    },
  };
}

/** @param {Answer} answer @returns {number[]} */
function sizesOf(answer) {
  return SIZES.slice(0, Number(answer.axes)).map((name) => Number(answer[name]));
}

/** The variable whose gradient is asked for: what a function broadcasts, or else its input. @param {Answer} answer */
function variableOf({ f }) {
  return /\bb\b/.test(f) ? "b" : "X";
}

/** @param {Answer} answer */
function programOf(answer) {
  const sizes = sizesOf(answer);
  const broadcast = variableOf(answer) === "b" ? [`b: input[${sizes.at(-1)}]`] : [];
  return [`X: input[${sizes.join(", ")}]`, ...broadcast, `J = ${answer.f}`].join("\n");
}

/** What is wrong with a shape. @param {number[]} given @param {number[]} right @param {number[]} whole the input's shape */
function slip(given, right, whole) {
  const size = (/** @type {number[]} */ one) => one.reduce((all, length) => all * length, 1);
  const same = (/** @type {number[]} */ one, /** @type {number[]} */ other) => String(one) === String(other);
  const sorted = (/** @type {number[]} */ one) => [...one].sort((a, b) => a - b);
  const count = size(right);
  if (!same(right, whole) && same(given, whole)) return "broadcast";
  if (size(given) === 1) return "scalar";
  if (same(sorted(given), sorted(right))) return "transposed";
  if (same(given, [count, count]) || same(given, [...right, ...right])) return "square";
  return size(given) === count ? "flat" : "other";
}

/** A shape as people write it: `3, 2`, `3 x 2`, `(3, 2)`; null if it is none. @param {string} text @returns {number[] | null} */
export function read(text) {
  const inner = text.trim().replace(/^[([]|[)\]]$/g, "").replace(/,\s*$/, "");
  if (inner.trim() === "") return [];
  const parts = inner.split(/\s*[,\uff0c\u3001x\u00d7*]\s*|\s+/i);
  return parts.every((one) => /^\d{1,6}$/.test(one)) ? parts.map(Number) : null;
}

/** @param {any} tensor nested lists @returns {number[]} */
export function shapeOf(tensor) {
  return Array.isArray(tensor) ? [tensor.length, ...shapeOf(tensor[0])] : [];
}
