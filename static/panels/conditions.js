/** The sizes that a count in symbols holds for, beside it. */
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { make } from "../shared/dom.js";

/** @param {string[]} conditions inequalities, as LaTeX @returns {HTMLElement[]} nothing where there are none */
export function listConditions(conditions) {
  if (conditions.length === 0) return [];
  const items = conditions.map((condition) => {
    const item = make("li", {});
    setMath(item, condition, { spoken: true });
    return item;
  });
  return [make("div", { class: "conditions" }, make("span", {}, t("memory.formula.conditions")), make("ul", {}, ...items))];
}
