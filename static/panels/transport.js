/**
 * The transport: buttons, speed and a timeline whose phases are marked. It only tells the player what a person
 * wants and shows where the player stands.
 *
 * @import {PlayerState, View} from "../types.js"
 * @import {Player} from "../state/player.js"
 */
import { sentence } from "../i18n/sentence.js";
import { t } from "../i18n/strings.js";
import { directionOf } from "../state/trace.js";

/** Beyond this many steps, single marks on the timeline would run together. */
const MOST_MARKS = 80;

/**
 * @param {HTMLElement} element
 * @param {Player} player
 */
export function createTransport(element, player) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
  const range = /** @type {HTMLInputElement} */ (find("input[type=range]"));
  const track = find("[data-part=track]");
  const speed = /** @type {HTMLSelectElement} */ (find("select"));
  const toggle = /** @type {HTMLButtonElement} */ (find("[data-action=toggle]"));
  /** @type {Record<string, () => void>} */
  const actions = {
    toggle: player.toggle,
    step: player.step,
    back: player.back,
    replay: player.replay,
    phase: player.nextPhase,
    previous: player.previousPhase,
    loop: () => player.setLooping(!player.state.looping),
  };
  /** What was last shown but for the progress within a step. */
  let drawn = {};
  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    actions[button?.dataset.action ?? ""]?.();
  });
  range.addEventListener("input", () => player.seek(Number(range.value)));
  speed.addEventListener("change", () => player.setSpeed(Number(speed.value)));

  return {
    /** @param {View} view @param {[number, number]} [part] the first and the last moment that are played */
    load(view, [first, last] = [0, view.steps.length]) {
      range.min = String(first);
      range.max = String(last);
      range.disabled = first === last;
      const phases = /** @type {const} */ (["forward", "backward", "update"]);
      track.replaceChildren(
        ...phases.flatMap((phase) => {
          const size = view.steps.slice(first, last).filter((step) => directionOf(view.trace, step) === phase).length;
          return size > 0 ? [segment(phase, size)] : [];
        }),
      );
    },

    /**
     * @param {View} view
     * @param {PlayerState} state
     */
    draw(view, state) {
      const { length, first, last, moment, progress, playing, current, looping } = state;
      element.style.setProperty("--played", String(first === last ? 0 : (moment + progress - first) / (last - first)));
      const now = { view, first, last, moment, playing, current, looping, moving: progress > 0 };
      const before = /** @type {Record<string, unknown>} */ (drawn);
      if (Object.entries(now).every(([name, value]) => before[name] === value)) return;
      drawn = now;
      range.value = String(moment);
      const step = view.steps[current];
      range.setAttribute("aria-valuetext", step ? t("player.at", { step: current + 1, count: length, text: sentence(step) }) : t("step.start"));
      toggle.dataset.state = playing ? "playing" : "paused";
      toggle.setAttribute("aria-label", playing ? t("player.pause") : t("player.play"));
      for (const button of element.querySelectorAll("button")) button.disabled = length === 0;
      disable("back", moment === first && progress === 0);
      disable("step", moment === last);
      disable("phase", moment === last);
      disable("previous", moment === first && progress === 0);
      find("[data-action=loop]").setAttribute("aria-pressed", String(looping));
    },
  };

  /** @param {string} action @param {boolean} disabled */
  function disable(action, disabled) {
    const button = /** @type {HTMLButtonElement} */ (find(`[data-action=${action}]`));
    button.disabled ||= disabled;
  }
}

/** @param {import("../types.js").Phase} phase @param {number} size */
function segment(phase, size) {
  const part = document.createElement("div");
  part.className = `segment ${phase}`;
  part.style.flexGrow = String(size);
  if (size <= MOST_MARKS) part.append(...Array.from({ length: size }, () => document.createElement("i")));
  return part;
}
