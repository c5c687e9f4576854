/**
 * How arrows are drawn: with the shapes of what they carry, and as thick as its values or gradients are large. A
 * legend says what thickness and colour mean.
 *
 * @import {Measure} from "../scene/loads.js"
 */
import { make } from "../dom.js";
import { formatNumber } from "../tensor.js";

const TEXT = {
  title: "Arrows",
  shapes: "Show shapes",
  size: "Thickness and colour",
  none: "all alike",
  value: "by size of value",
  gradient: "by size of gradient",
  legend: { value: "Value, root mean square", gradient: "Gradient, root mean square" },
};

/**
 * @param {HTMLElement} stage
 * @param {(look: { shapes: boolean, measure: Measure }) => void} onChange
 */
export function createLook(stage, onChange) {
  const shapes = make("input", { type: "checkbox" });
  const choices = /** @type {const} */ (["none", "value", "gradient"]).map((measure) =>
    make("input", { type: "radio", name: "measure", value: measure, checked: measure === "none" }),
  );
  const group = make(
    "fieldset",
    {},
    make("legend", {}, TEXT.size),
    ...choices.map((choice) => make("label", {}, choice, TEXT[/** @type {Measure} */ (choice.value)])),
  );
  const box = make("div", { id: "look", class: "look", popover: "auto", role: "group", "aria-label": TEXT.title }, make("label", {}, shapes, TEXT.shapes), group);
  const legend = make("div", { class: "load-legend", hidden: true });
  stage.append(box, legend);
  const measure = () => /** @type {Measure} */ (choices.find((choice) => choice.checked)?.value ?? "none");
  box.addEventListener("change", () => onChange({ shapes: shapes.checked, measure: measure() }));

  return {
    get look() {
      return { shapes: shapes.checked, measure: measure() };
    },

    open() {
      box.showPopover();
      shapes.focus();
    },

    /** @param {{ least: number, most: number }} scale */
    explain({ least, most }) {
      const shown = measure();
      legend.hidden = shown === "none" || !Number.isFinite(most);
      if (shown === "none") return;
      legend.replaceChildren(
        make("span", {}, TEXT.legend[shown]),
        make("span", { class: "load-scale" }, formatNumber(least, 2), make("i"), formatNumber(most, 2)),
      );
    },
  };
}
