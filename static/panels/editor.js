/**
 * The program's text. Whatever the text is edited with stands behind this face: set it, read it, mark an error
 * in it, hear when it is to be run.
 *
 * @import {ApiError} from "../api.js"
 */

/**
 * @param {HTMLElement} element
 * @param {{ onRun: (program: string) => void }} options
 */
export function createEditor(element, { onRun }) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
  const text = /** @type {HTMLTextAreaElement} */ (find("textarea"));
  const gutter = find("[data-part=gutter]");
  const problem = find("[data-part=problem]");
  const run = /** @type {HTMLButtonElement} */ (find("[data-action=run]"));
  /** @type {number | null} */
  let markedLine = null;

  text.addEventListener("input", () => {
    if (markedLine !== null) setProblem(null);
    number();
  });
  text.addEventListener("scroll", () => (gutter.scrollTop = text.scrollTop));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onRun(text.value);
  });
  run.addEventListener("click", () => onRun(text.value));

  return {
    get value() {
      return text.value;
    },

    /** @param {string} program */
    setValue(program) {
      text.value = program;
      setProblem(null);
      number();
    },

    /** @param {boolean} busy */
    setBusy(busy) {
      run.setAttribute("aria-busy", String(busy));
    },

    setProblem,
  };

  /** @param {ApiError | null} error */
  function setProblem(error) {
    markedLine = error?.line ?? null;
    problem.hidden = error === null;
    text.setAttribute("aria-invalid", String(error !== null));
    problem.replaceChildren();
    if (error) {
      if (error.line !== null) problem.append(place(error));
      problem.append(paragraph("message", error.message));
      if (error.hint) problem.append(paragraph("hint", error.hint));
    }
    number();
  }

  /** A button that goes to where the error is. @param {ApiError} error */
  function place({ line, column }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "place";
    button.textContent = column === null ? `Line ${line}` : `Line ${line}, column ${column}`;
    button.addEventListener("click", () => {
      const lines = text.value.split("\n").slice(0, (line ?? 1) - 1);
      const at = lines.reduce((sum, before) => sum + before.length + 1, 0) + (column ?? 1) - 1;
      text.focus();
      text.setSelectionRange(at, at);
    });
    return button;
  }

  function number() {
    const count = text.value.split("\n").length;
    gutter.replaceChildren(
      ...Array.from({ length: count }, (_, i) => {
        const entry = document.createElement("span");
        entry.textContent = String(i + 1);
        entry.classList.toggle("marked", i + 1 === markedLine);
        return entry;
      }),
    );
    gutter.scrollTop = text.scrollTop;
  }
}

/** @param {string} name @param {string} words */
function paragraph(name, words) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = words;
  return element;
}

/** @typedef {ReturnType<typeof createEditor>} Editor */
