/**
 * How the picture is drawn: arrows with the shapes of what they carry, as thick as its values or gradients are
 * large, which a legend explains; and numbers, to so many digits.
 *
 * @import {Measure} from "../scene/loads.js"
 */
import { make } from "../shared/dom.js";
import { currentWriting, DIGITS, formatNumber, setWriting } from "../i18n/format.js";
import { t } from "../i18n/strings.js";

/**
 * @param {HTMLElement} stage
 * @param {{ onChange: (look: { shapes: boolean, measure: Measure }) => void }} options
 */
export function createLook(stage, { onChange }) {
  const shapes = make("input", { type: "checkbox" });
  const choices = /** @type {const} */ (["none", "value", "gradient"]).map((measure) =>
    make("input", { type: "radio", name: "measure", value: measure, checked: measure === "none" }),
  );
  const measure = () => /** @type {Measure} */ (choices.find((choice) => choice.checked)?.value ?? "none");
  const arrows = make(
    "fieldset",
    {},
    make("legend", {}, t("look.size")),
    ...choices.map((choice) => make("label", {}, choice, t(`look.${/** @type {Measure} */ (choice.value)}`))),
  );
  arrows.addEventListener("change", tell);
  shapes.addEventListener("change", tell);

  const digits = make("select", {}, ...DIGITS.map((count) => new Option(String(count), String(count), false, count === currentWriting().digits)));
  const scientific = make("input", { type: "checkbox", checked: currentWriting().scientific });
  const numbers = make(
    "fieldset",
    {},
    make("legend", {}, t("look.numbers")),
    make("label", {}, t("look.digits"), digits),
    make("label", {}, scientific, t("look.scientific")),
  );
  numbers.addEventListener("change", () => setWriting({ digits: Number(digits.value), scientific: scientific.checked }));
  const box = make(
    "div",
    { id: "look", class: "look", popover: "auto", role: "group", "aria-label": t("look.title") },
    make("label", {}, shapes, t("look.shapes")),
    arrows,
    numbers,
  );
  const legend = make("div", { class: "load-legend", hidden: true });
  stage.append(box, legend);

  function tell() {
    onChange({ shapes: shapes.checked, measure: measure() });
  }

  return {
    get look() {
      return { shapes: shapes.checked, measure: measure() };
    },

    /** The same in words for an address; empty where nothing is chosen. */
    get words() {
      return [shapes.checked ? "shapes" : "", measure() === "none" ? "" : measure()].filter(Boolean).join(",");
    },

    /** @param {string} words */
    take(words) {
      const wished = words.split(",");
      shapes.checked = wished.includes("shapes");
      const choice = choices.find(({ value }) => value !== "none" && wished.includes(value)) ?? choices[0];
      choice.checked = true;
      tell();
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
        make("span", {}, t(`look.legend.${shown}`)),
        make("span", { class: "load-scale" }, formatNumber(least, 2), make("i"), formatNumber(most, 2)),
      );
    },
  };
}
