/**
 * How the picture is drawn: arrows with the shapes of what they carry, as thick as its values or gradients are
 * large, which a legend explains; and numbers, to so many digits.
 *
 * @import {Measure} from "../scene/loads.js"
 */
import { make } from "../shared/dom.js";
import { currentWriting, DIGITS, formatNumber, setWriting } from "../i18n/format.js";
import { t } from "../i18n/strings.js";

/** @typedef {"array" | "values" | "gradients"} ColourScale one for each array, one for all values, one for all gradients */
/** @typedef {{ shapes: boolean, measure: Measure, upward: boolean, scale: ColourScale }} Look */

/**
 * @param {HTMLElement} stage
 * @param {{ onChange: (look: Look) => void, onTurn?: () => void }} options `onTurn`: the drawing is to flow another way
 */
export function createLook(stage, { onChange, onTurn = () => {} }) {
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
  const scales = choose("scale", t("look.scale"), { array: t("look.scale.array"), values: t("look.scale.values"), gradients: t("look.scale.gradients") });
  const directions = choose("orientation", t("look.orientation"), { rightward: t("look.rightward"), upward: t("look.upward") });
  scales.box.addEventListener("change", tell);
  directions.box.addEventListener("change", () => {
    onTurn();
    tell();
  });
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
    scales.box,
    directions.box,
    numbers,
  );
  const legend = make("div", { class: "load-legend", hidden: true });
  stage.append(box, legend);

  function tell() {
    onChange(now());
  }

  /** @returns {Look} */
  function now() {
    return { shapes: shapes.checked, measure: measure(), upward: directions.value === "upward", scale: /** @type {ColourScale} */ (scales.value) };
  }

  return {
    get look() {
      return now();
    },

    /** The same in words for an address; empty where nothing is chosen. */
    get words() {
      const { upward, scale } = now();
      return [shapes.checked ? "shapes" : "", measure() === "none" ? "" : measure(), upward ? "upward" : "", scale === "array" ? "" : `scale-${scale}`].filter(Boolean).join(",");
    },

    /** @param {string} words */
    take(words) {
      const wished = words.split(",");
      shapes.checked = wished.includes("shapes");
      const choice = choices.find(({ value }) => value !== "none" && wished.includes(value)) ?? choices[0];
      choice.checked = true;
      const { upward } = now();
      directions.value = wished.includes("upward") ? "upward" : "rightward";
      scales.value = wished.find((word) => word.startsWith("scale-"))?.slice("scale-".length) ?? "array";
      if (now().upward !== upward) onTurn();
      tell();
    },

    open() {
      box.showPopover();
      shapes.focus();
    },

    /** @param {{ least: number, most: number }} scale @param {Measure} shown */
    explain({ least, most }, shown) {
      legend.hidden = shown === "none" || !Number.isFinite(most);
      if (shown === "none") return;
      legend.replaceChildren(
        make("span", {}, t(`look.legend.${shown}`)),
        make("span", { class: "load-scale" }, formatNumber(least, 2), make("i"), formatNumber(most, 2)),
      );
    },
  };
}

/**
 * A group of choices of which one holds, the first at first.
 *
 * @param {string} name
 * @param {string} title
 * @param {Record<string, string>} options values and their labels
 */
function choose(name, title, options) {
  const inputs = Object.keys(options).map((value, i) => make("input", { type: "radio", name, value, checked: i === 0 }));
  const box = make("fieldset", {}, make("legend", {}, title), ...inputs.map((input) => make("label", {}, input, options[input.value])));
  return {
    box,
    get value() {
      return inputs.find(({ checked }) => checked)?.value ?? inputs[0].value;
    },
    set value(next) {
      (inputs.find(({ value }) => value === next) ?? inputs[0]).checked = true;
    },
  };
}
