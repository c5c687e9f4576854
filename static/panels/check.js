/**
 * The gradient compared with finite differences, on request.
 *
 * @import {Tensor} from "../types.js"
 */
import { button, make } from "../dom.js";
import { formatNumber, toNumber } from "../tensor.js";
import { drawNumbers } from "./numbers.js";

const TEXT = {
  check: "Check numerically",
  asking: "Checking\u2026",
  agrees: (/** @type {string} */ error, /** @type {string} */ method) => `Agrees with ${method}: relative error ${error}.`,
  differs: (/** @type {string} */ error, /** @type {string} */ method) => `Differs from ${method}: relative error ${error}.`,
  none: "Only declared variables can be moved, so only their gradients can be checked.",
};

/**
 * @param {{ id: string, shape: number[], ask: () => Promise<{ variables: Record<string, { numerical: Tensor, error: any, agrees: boolean, method: string }> }> }} options
 */
export function checker({ id, shape, ask }) {
  const body = make("div", { class: "check", "aria-live": "polite" });
  const start = button(TEXT.check, async () => {
    start.disabled = true;
    start.textContent = TEXT.asking;
    try {
      const found = (await ask()).variables[id];
      if (!found) return void (body.textContent = TEXT.none);
      const words = found.agrees ? TEXT.agrees : TEXT.differs;
      const numbers = make("div");
      drawNumbers(numbers, found.numerical, { name: `${id} numerical gradient`, shape, onEdit: null });
      body.replaceChildren(make("p", { class: found.agrees ? "agrees" : "differs" }, words(formatNumber(toNumber(found.error), 2), found.method)), numbers);
    } catch (error) {
      body.textContent = error instanceof Error ? error.message : "";
    } finally {
      start.disabled = false;
      start.textContent = TEXT.check;
    }
  }, { class: "small-button" });
  return make("div", { "data-part": "check" }, start, body);
}
