/** The sizes that a count in symbols holds for, beside it. */
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { element } from "./dom.js";

/** @param {string[]} conditions inequalities, as LaTeX @returns {HTMLElement[]} nothing where there are none */
export function listConditions(conditions) {
  if (conditions.length === 0) return [];
  const items = conditions.map((condition) => {
    const item = element("li", {});
    setMath(item, condition, { spoken: true });
    return item;
  });
  return [element("div", { class: "conditions" }, element("span", {}, t("memory.formula.conditions")), element("ul", {}, ...items))];
}
