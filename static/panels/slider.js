/**
 * A slider over stops rather than over numbers: what it stands at is said beside its name, and to screen readers.
 */
import { element } from "./dom.js";

/**
 * @param {string} label
 * @param {(value: number) => string} format
 * @param {() => void} onInput
 */
export function createSlider(label, format, onInput) {
  const input = element("input", { type: "range", min: "0", step: "1", "aria-label": label });
  const output = element("output", {});
  const host = element("label", { class: "slider" }, element("span", {}, label), output, input);
  /** @type {number[]} */
  let stops = [0];
  input.addEventListener("input", () => {
    tell();
    onInput();
  });
  input.addEventListener("keydown", (event) => event.stopPropagation());

  function tell() {
    output.textContent = format(stops[Number(input.value)]);
    input.setAttribute("aria-valuetext", output.textContent);
  }

  return {
    host,
    get value() {
      return stops[Number(input.value)];
    },

    /** @param {number[]} next in rising order @param {number} value the nearest stop is taken */
    set(next, value) {
      stops = next;
      input.max = String(stops.length - 1);
      input.disabled = stops.length < 2;
      const away = (/** @type {number} */ stop) => (stop === value ? 0 : Math.abs(Math.log(stop) - Math.log(value)));
      input.value = String(stops.reduce((best, stop, i) => (away(stop) < away(stops[best]) ? i : best), 0));
      tell();
    },
  };
}

/** 1, 2, 5, 10, ... from one power of ten to another. @param {number} from @param {number} to */
export function decades(from, to) {
  const powers = Array.from({ length: to - from }, (_, i) => from + i);
  return [...powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))), Number(`1e${to}`)];
}

/** @typedef {ReturnType<typeof createSlider>} Slider */
