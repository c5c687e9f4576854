/**
 * A slider over stops rather than over numbers: what it stands at is said beside its name, and to screen readers.
 */
import { make } from "../shared/dom.js";

/**
 * @param {string} label
 * @param {(value: number) => string} format
 * @param {() => void} onInput
 */
export function createSlider(label, format, onInput) {
  const input = make("input", { type: "range", min: "0", step: "1", "aria-label": label });
  const output = make("output", {});
  const host = make("label", { class: "slider" }, make("span", {}, label), output, input);
  /** @type {number[]} */
  let stops = [0];
  let proposed = 0;
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

    /**
     * @param {number[]} next in rising order
     * @param {number} usual what is proposed: the nearest stop
     * @param {number} [value] what it stands at, where that is something else
     */
    set(next, usual, value = usual) {
      stops = next;
      input.max = String(stops.length - 1);
      input.disabled = stops.length < 2;
      proposed = nearest(usual);
      move(nearest(value));
    },

    /** @type {import("./settings.js").Setting} */
    setting: {
      tell: () => (Number(input.value) === proposed ? null : String(stops[Number(input.value)])),
      take: (text) => move(Number(text) > 0 ? nearest(Number(text)) : proposed),
    },
  };

  /** @param {number} value */
  function nearest(value) {
    const away = (/** @type {number} */ stop) => (stop === value ? 0 : Math.abs(Math.log(stop) - Math.log(value)));
    return stops.reduce((best, stop, i) => (away(stop) < away(stops[best]) ? i : best), 0);
  }

  /** @param {number} at */
  function move(at) {
    input.value = String(at);
    tell();
  }
}

/** 1, 2, 5, 10, ... from one power of ten to another. @param {number} from @param {number} to */
export function decades(from, to) {
  const powers = Array.from({ length: to - from }, (_, i) => from + i);
  return [...powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))), Number(`1e${to}`)];
}

/** @typedef {ReturnType<typeof createSlider>} Slider */
