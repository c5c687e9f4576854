/**
 * The program's text and what is done with it: run by hand or a moment after typing, marked where it is wrong,
 * undone together with numbers, kept through a reload. It starts as a plain text field; the full editor follows
 * when the first picture stands.
 *
 * @import {ApiError} from "../state/api.js"
 * @import {NestedTensor, Trace} from "../types.js"
 */
import { t } from "../i18n/strings.js";

const PAUSE = 700;
const DRAFT = "tidegraph.draft";

/** @typedef {Record<string, NestedTensor>} Numbers */
/** @typedef {(program: string, numbers: Numbers, how: { byHand: boolean }) => Promise<boolean>} Run */

/**
 * @param {HTMLElement} element
 * @param {{ onRun: Run, onPoint?: (name: string | null) => void, operators: () => Promise<{ name: string, signature: string, doc: string }[]> }} options
 */
export function createEditor(element, { onRun, onPoint = () => {}, operators }) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
  const plain = /** @type {HTMLTextAreaElement} */ (find("textarea"));
  const problem = find("[data-part=problem]");
  const button = /** @type {HTMLButtonElement} */ (find("[data-action=run]"));
  /** @type {ReturnType<typeof import("./code.js").createCode> | null} */
  let code = null;
  /** @type {Numbers} */
  let numbers = {};
  /** @type {Trace | null} */
  let trace = null;
  /** @type {ApiError | null} */
  let shown = null;
  /** The text that the picture on show is of. */
  let base = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {Promise<void> | undefined} */
  let grown;

  const text = () => code?.text ?? plain.value;

  /** @param {boolean} byHand */
  async function run(byHand) {
    clearTimeout(waiting);
    const program = text();
    const given = code?.numbers ?? (program === base ? numbers : {});
    let done = await onRun(program, given, { byHand });
    if (!done && program !== base && shown && shown.line === null && Object.keys(given).length > 0) {
      code?.setNumbers({}, true);
      done = await onRun(program, {}, { byHand });
    }
    if (done) base = program;
    keep();
  }

  function changed() {
    if (shown) setProblem(null);
    clearTimeout(waiting);
    waiting = setTimeout(() => run(false), PAUSE);
  }

  function keep() {
    if (!code) return;
    const state = code.save();
    if (!store({ base, state })) store({ base, state: { ...state, history: undefined } });
  }

  /** @param {object} draft @returns {boolean} whether it is kept: without, the address still holds the last run */
  function store(draft) {
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  plain.addEventListener("input", changed);
  plain.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run(true);
  });
  button.addEventListener("click", () => run(true));
  find("[data-action=undo]").addEventListener("click", () => code?.undo());
  find("[data-action=redo]").addEventListener("click", () => code?.redo());
  addEventListener("pagehide", keep);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("textarea, input:not([type=range])")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) code?.redo();
    else code?.undo();
  });

  return {
    /** @param {import("./code-marks.js").Link} link the step's line, and the name that is pointed at */
    link(link) {
      code?.link(link);
    },

    get value() {
      return text();
    },

    /** @param {string} program */
    setValue(program) {
      clearTimeout(waiting);
      base = program;
      numbers = {};
      if (code) code.setText(program, { anew: true });
      else plain.value = program;
      setProblem(null);
    },

    /** Another text, as one change that can be undone. @param {string} program */
    async write(program) {
      await grow();
      code?.setText(program, { anew: false });
      await run(false);
    },

    undo: () => code?.undo(),

    /**
     * A program has been run: its shapes stand beside the lines, its numbers are part of the history.
     *
     * @param {{ program: string, trace: Trace | null, values: Numbers }} session
     */
    adopt(session) {
      base = session.program;
      ({ trace, values: numbers } = session);
      code?.setNumbers(numbers, true);
      if (trace && text() === base) code?.annotate(trace);
      if (trace && !shown) setWarnings(trace.warnings);
    },

    /** @param {boolean} busy */
    setBusy(busy) {
      button.setAttribute("aria-busy", String(busy));
    },

    setProblem,

    grow,
  };

  /** Puts the full editor in the place of the plain field, once. */
  function grow() {
    grown ??= replacePlain().catch((error) => {
      grown = undefined;
      throw error;
    });
    return grown;
  }

  async function replacePlain() {
    const { createCode } = await import("./code.js");
    const host = document.createElement("div");
    host.className = "code";
    const wasFocused = document.activeElement === plain;
    const typed = plain.value;
    const selected = { anchor: plain.selectionStart, head: plain.selectionEnd };
    code = createCode(host, {
      text: typed,
      numbers,
      saved: typed === base ? draft() : null,
      trace: () => trace,
      operators,
      onRun: () => run(true),
      onChange: changed,
      onTravel: () => run(false),
      onPoint,
    });
    plain.replaceWith(host);
    if (wasFocused) code.focus(selected);
    code.mark(shown);
    if (text() === base && trace) code.annotate(trace);
    if (code.text !== base || JSON.stringify(code.numbers) !== JSON.stringify(numbers)) await run(false);
  }

  /** What was there when the page was left, if it is loaded again or the draft belongs to this picture. */
  function draft() {
    const [visit] = performance.getEntriesByType("navigation");
    try {
      const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
      const belongs = kept?.base === base && JSON.stringify(kept.state?.numbers) === JSON.stringify(numbers);
      return belongs || /** @type {PerformanceNavigationTiming} */ (visit)?.type === "reload" ? kept?.state : null;
    } catch {
      return null;
    }
  }

  /** @param {ApiError | null} error */
  function setProblem(error) {
    shown = error;
    problem.hidden = error === null;
    problem.replaceChildren();
    if (error) {
      if (error.line !== null) problem.append(place(error));
      problem.append(paragraph("message", error.message, error.lang));
      if (error.hint) problem.append(paragraph("hint", error.hint, error.lang));
      if (error.fix) problem.append(corrector(error.fix));
    }
    code?.mark(error);
    plain.setAttribute("aria-invalid", String(error !== null));
  }

  /** @param {import("../types.js").ProgramWarning[]} warnings */
  function setWarnings(warnings) {
    problem.hidden = warnings.length === 0;
    problem.replaceChildren(...warnings.map(({ line, message }) => paragraph("warning", `${t("program.line", { line })}: ${message}`, "")));
  }

  /** A button that corrects the program. @param {import("../types.js").Fix} fix */
  function corrector({ range, text: corrected }) {
    const apply = document.createElement("button");
    apply.type = "button";
    apply.className = "place fix";
    apply.textContent = t("program.fix", { text: corrected.trim() });
    apply.addEventListener("click", async () => {
      const lines = text().split("\n");
      const before = [...lines.slice(0, range.line - 1), lines[range.line - 1].slice(0, range.column - 1)].join("\n");
      const after = [lines[range.end_line - 1].slice(range.end_column - 1), ...lines.slice(range.end_line)].join("\n");
      await grow();
      code?.setText(before + corrected + after, { anew: false });
      await run(true);
    });
    return apply;
  }

  /** A button that goes to where the error is. @param {ApiError} error */
  function place({ line, column }) {
    const link = document.createElement("button");
    link.type = "button";
    link.className = "place";
    const at = { line: line ?? 1, column: column ?? 1 };
    link.textContent = column === null ? t("program.line", at) : t("program.place", at);
    link.addEventListener("click", () => code?.goTo(at.line, at.column));
    return link;
  }
}

/** @param {string} name @param {string} words @param {string} lang */
function paragraph(name, words, lang) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = words;
  if (lang) element.lang = lang;
  return element;
}

/** @typedef {ReturnType<typeof createEditor>} Editor */
