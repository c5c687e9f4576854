/**
 * The gradient compared with a numerical one, on request: which way the server took is said beside the answer.
 *
 * @import {Tensor} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { formatNumber } from "../i18n/format.js";
import { known, t } from "../i18n/strings.js";
import { toNumber } from "../shared/tensor.js";
import { drawNumbers } from "./numbers.js";

/**
 * @param {{ id: string, shape: number[], ask: () => Promise<{ variables: Record<string, { numerical: Tensor, error: any, agrees: boolean, method: string, kinks: string[], left: Tensor | null, right: Tensor | null }> }> }} options
 */
export function checker({ id, shape, ask }) {
  const body = make("div", { class: "check", "aria-live": "polite" });
  const start = button(t("check.start"), async () => {
    start.disabled = true;
    start.textContent = t("check.asking");
    try {
      const found = (await ask()).variables[id];
      if (!found) return void (body.textContent = t("check.none"));
      if (found.agrees && found.left && found.right) return void body.replaceChildren(...atKink(found.kinks, found.left, found.right, shape));
      const numbers = make("div");
      drawNumbers(numbers, found.numerical, { name: t("numbers.of.numerical", { id }), shape, onEdit: null });
      body.replaceChildren(make("p", { class: found.agrees ? "agrees" : "differs" }, t(found.agrees ? "check.agrees" : "check.differs", { error: formatNumber(toNumber(found.error), 2), method: known(`check.method.${found.method}`, found.method) })), numbers);
    } catch (error) {
      body.textContent = error instanceof Error ? error.message : "";
    } finally {
      start.disabled = false;
      start.textContent = t("check.start");
    }
  }, { class: "small-button" });
  return make("div", { "data-part": "check" }, start, body);
}

/**
 * Both one-sided slopes, where an operator documents which of them its gradient takes.
 *
 * @param {string[]} kinks @param {Tensor} left @param {Tensor} right @param {number[]} shape
 */
function atKink(kinks, left, right, shape) {
  const sides = [["check.left", left], ["check.right", right]].flatMap(([key, slopes]) => {
    const numbers = make("div");
    drawNumbers(numbers, /** @type {Tensor} */ (slopes), { name: t(/** @type {string} */ (key)), shape, onEdit: null });
    return [make("p", {}, t(/** @type {string} */ (key))), numbers];
  });
  return [make("p", { class: "agrees", "data-part": "kink" }, t("check.kink", { operators: kinks.join(", ") })), ...sides];
}
