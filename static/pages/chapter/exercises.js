/**
 * The exercises: a reader answers, the engine works out what is right, and what is said about the answer is chosen
 * from the words beside the question. Nothing here knows an answer.
 *
 * @import {Example} from "../../types.js"
 * @import {Graph} from "./figures.js"
 */
import { bias } from "./exercise-bias.js";
import { devices } from "./exercise-devices.js";
import { memory } from "./exercise-memory.js";
import { second } from "./exercise-second.js";
import { shape } from "./exercise-shape.js";
import { find, say } from "./messages.js";

/**
 * @typedef {object} Lab what an exercise works with
 * @property {ReturnType<typeof import("../../state/api.js").createApi>} api
 * @property {Record<string, Example>} examples
 * @property {(id: string) => Graph} graphOf
 * @property {HTMLElement} part the exercise on the page
 */

/** @typedef {Record<string, string>} Answer what was given, by the names of the fields */

/**
 * @typedef {object} Verdict
 * @property {boolean} right
 * @property {string[]} says names of sentences
 * @property {Record<string, string | number>} blanks also those of the sentence `told`
 * @property {string} [told] the sentence that gives the answer away
 */

/**
 * @typedef {object} Question
 * @property {(answer: Answer) => Promise<Verdict>} judge
 * @property {(given: Answer) => void} [set] other givens
 * @property {() => Promise<void> | void} [after] what is shown once it is answered
 */

/** @type {Record<string, (lab: Lab) => Record<string, Question>>} */
const EXERCISES = { shape, bias, memory, second, devices };

/**
 * @param {HTMLElement} page
 * @param {Omit<Lab, "part">} lab
 */
export function createExercises(page, lab) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-exercise]"))) {
    const questions = EXERCISES[part.dataset.exercise ?? ""]({ ...lab, part });
    for (const [name, question] of Object.entries(questions)) {
      ask(part, /** @type {HTMLFormElement} */ (find(part, `[data-question="${name}"]`)), question);
    }
  }
}

/** @param {HTMLElement} part @param {HTMLFormElement} form @param {Question} question */
function ask(part, form, { judge, set, after }) {
  const verdict = find(form, "[data-verdict]");
  const tell = /** @type {HTMLButtonElement} */ (find(form, "[data-tell]"));
  /** @type {Verdict | null} */
  let last = null;
  /** Counts what is asked, so that nothing is said of an answer that has been changed since. */
  let turn = 0;
  form.addEventListener("input", (event) => {
    turn += 1;
    verdict.replaceChildren();
    delete form.dataset.right;
    if (/** @type {HTMLElement} */ (event.target).matches("[data-given]")) set?.(read(form));
  });
  form.addEventListener("change", ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    if (field.matches("[data-given][type=number]")) {
      within(field);
      set?.(read(form));
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const field of fieldsOf(form, "[data-given][type=number]")) within(field);
    const answer = read(form);
    const empty = fieldsOf(form, "[data-answer]").find(({ name }) => (answer[name] ?? "") === "");
    if (empty) {
      write([say(part, "missing")], false);
      empty.focus();
      return;
    }
    await judged(answer);
    if (!last) return;
    write(last.says.map((name) => say(part, name, last?.blanks)), last.right);
    tell.hidden = last.right;
    if (last.right) await after?.();
  });
  tell.addEventListener("click", async () => {
    await judged(read(form));
    if (!last) return;
    write([say(part, last.told ?? "told", last.blanks)], null);
    tell.hidden = true;
    await after?.();
  });

  /** @param {Answer} answer */
  async function judged(answer) {
    const mine = (turn += 1);
    last = null;
    try {
      const found = await judge(answer);
      if (mine === turn) last = found;
    } catch (error) {
      if (mine === turn) write([say(part, "failed", { message: /** @type {Error} */ (error).message })], false);
    }
  }

  /** @param {string[]} sentences @param {boolean | null} right null: neither, it was told */
  function write(sentences, right) {
    form.dataset.right = String(right);
    verdict.replaceChildren(
      ...sentences.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })),
    );
  }
}

/** Brings a given size to the nearest whole number that it can be; an empty one to what it was. @param {HTMLInputElement} field */
function within(field) {
  const { value, defaultValue, min, max } = field;
  const given = Math.round(Number(value || defaultValue));
  field.value = String(Math.min(max ? Number(max) : Infinity, Math.max(Number(min), given)));
}

/** @param {HTMLFormElement} form @returns {Answer} */
function read(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
}

/** @param {HTMLFormElement} form @param {string} selector @returns {HTMLInputElement[]} */
function fieldsOf(form, selector) {
  return [.../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(selector))];
}
