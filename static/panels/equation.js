/**
 * The equation of the current step: a plain sentence, the chain rule where it is at work, and the equation in
 * symbols and with the actual numbers.
 *
 * @import {PlayerState, Trace, View, ViewStep} from "../types.js"
 */
import { leisure } from "../shared/idle.js";
import { sentence } from "../i18n/sentence.js";
import { t } from "../i18n/strings.js";
import { onFontsLoaded, setLinkedMath, setMath } from "../shared/math.js";
import { writeShape } from "../shared/tensor.js";
import { directionOf, variableOf } from "../state/trace.js";

const SMALLEST = 0.62;
/** Expressions longer than this stand for no variable in an equation: their parts do. */
const LONGEST_SYMBOL = 40;
/** Before the first step, as many equations are shown as can be taken in. */
const MOST_LINES = 12;
/** Of more inputs than this, the shapes of the first are told. */
const MOST_SHAPES = 4;

/**
 * @param {HTMLElement} element
 * @param {{ onPoint?: (id: string | null) => void, onSelect?: (id: string) => void }} [options] `onPoint`: a symbol is
 *   under the pointer or has the keyboard's focus; without it, symbols do not answer
 */
export function createEquationPanel(element, { onPoint, onSelect = () => {} } = {}) {
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (element.querySelector(`[data-part="${name}"]`));
  const phase = part("phase");
  const count = part("count");
  const shapes = document.createElement("span");
  shapes.className = "shapes";
  count.after(shapes);
  const text = part("text");
  const chain = part("chain");
  const symbolic = part("symbolic");
  const numeric = part("numeric");
  /** What `prod` means, said at the first step that has it. */
  const explained = document.createElement("p");
  explained.className = "note";
  explained.dataset.part = "prod";
  explained.hidden = true;
  explained.textContent = t("step.prod");
  text.after(explained);
  const outline = document.createElement("div");
  outline.className = "outline";
  /** @type {HTMLElement} */ (symbolic.parentElement).append(outline);
  /** @type {{ view: View, step: ViewStep | null } | null} */
  let drawn = null;
  const refit = () => {
    for (const line of [chain, symbolic, numeric]) fit(line, Infinity);
    fit(numeric, roomBelow(element, numeric));
    fitAll(outline);
  };
  new ResizeObserver(refit).observe(element);
  onFontsLoaded(refit);

  if (onPoint) {
    const idAt = (/** @type {Event} */ { target }) => (target instanceof Element ? (target.closest("[data-variable]")?.getAttribute("data-variable") ?? null) : null);
    for (const type of ["pointerover", "focusin"]) element.addEventListener(type, (event) => onPoint(idAt(event)));
    for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, () => onPoint(null));
  }

  /** Symbols of the variables of a view, longest first. @param {View} view */
  function symbolsOf(view) {
    return new Map([...view.nodes.values()].flatMap(({ id, latex, variable }) => (variable && latex.length < LONGEST_SYMBOL ? [[latex, id]] : [])));
  }

  /** @param {HTMLElement} line @param {string} latex @param {View} view */
  function write(line, latex, view) {
    line.hidden = latex === "";
    const inner = document.createElement("span");
    line.replaceChildren(inner);
    if (latex === "") return;
    if (!onPoint) setMath(inner, latex, { large: true });
    else {
      setLinkedMath(inner, latex, symbolsOf(view), onSelect);
      for (const part of /** @type {NodeListOf<HTMLElement>} */ (inner.querySelectorAll("[data-name]"))) part.dataset.variable = part.title;
    }
  }

  /** What is said already is not said again, lest it be read aloud twice. @param {string} words */
  function say(words) {
    if (text.textContent !== words) text.textContent = words;
  }

  /** What the graph computes, an equation an operator. @param {View} view */
  function tellAll(view) {
    const equations = view.steps.filter(({ phase }) => phase === "forward").map(({ equation }) => equation.symbolic ?? "");
    const lines = equations.filter((latex) => latex.includes("=")).slice(0, MOST_LINES);
    if (lines.length === MOST_LINES) lines.push("\\cdots");
    outline.replaceChildren(
      ...lines.map((latex) => {
        const line = document.createElement("span");
        setMath(line, latex);
        return line;
      }),
    );
    refit();
  }

  return {
    /** @param {string | null} id of what is pointed at */
    link(id) {
      for (const part of element.querySelectorAll("[data-variable]")) part.classList.toggle("linked", id !== null && part.getAttribute("data-variable") === id);
    },

    /**
     * @param {View} view
     * @param {PlayerState} state
     */
    draw(view, state) {
      const step = view.steps[state.current] ?? null;
      if (drawn?.step === step && drawn.view === view) return;
      drawn = { view, step };
      const hasProd = (/** @type {ViewStep} */ { equation }) => equation.chain?.includes(PROD) ?? false;
      explained.hidden = !step || !hasProd(step) || view.steps.find(hasProd) !== step;
      const direction = step ? directionOf(view.trace, step) : "start";
      element.dataset.phase = direction;
      if (!step) {
        phase.textContent = t("step.start");
        count.textContent = shapes.textContent = "";
        say(startText(view));
        part("keys").hidden = view.steps.length === 0;
        for (const line of [chain, symbolic, numeric]) write(line, "", view);
        outline.replaceChildren();
        outline.hidden = false;
        leisure().then(() => drawn?.step === null && drawn.view === view && tellAll(view));
        return;
      }
      outline.hidden = true;
      part("keys").hidden = true;
      const inPhase = view.steps.filter((other) => directionOf(view.trace, other) === direction);
      phase.textContent = t(`step.${direction}`);
      count.textContent = t("step.count", { step: inPhase.indexOf(step) + 1, count: inPhase.length });
      shapes.textContent = fromWithin(step, shapesIn(step, view.trace));
      say(fromWithin(step, sentence(step)));
      const { chain: rule, symbolic: symbols, numeric: numbers } = step.equation;
      write(chain, rule === symbols ? "" : (rule ?? ""), view);
      write(symbolic, symbols ?? "", view);
      write(numeric, numbers ?? "", view);
      refit();
    },
  };
}

/** How a chain rule writes the product of a gradient and a local derivative of arrays. */
const PROD = "operatorname{prod}";

/**
 * Names as they are in the scope of a step: without the way that leads there.
 *
 * @param {ViewStep} step
 * @param {string} words
 */
function fromWithin({ scope }, words) {
  return scope ? words.replaceAll(`${scope}.`, "") : words;
}

/**
 * The shapes that go into a step and come out of it, where there are any: `W [5, 4], x [4] → z [5]`.
 *
 * @param {ViewStep} step
 * @param {Trace} trace
 */
function shapesIn({ kind, inputs, outputs, through, variable }, trace) {
  const [from, to] = kind === "operator" ? [[...new Set(inputs)], outputs] : [through ? [through] : [], variable ? [variable] : []];
  const isArray = (/** @type {string} */ id) => (variableOf(trace, id)?.shape.length ?? 0) > 0;
  if (![...from, ...to].some(isArray)) return "";
  const write = (/** @type {string} */ id) => {
    const name = variableOf(trace, id)?.named ? id : "";
    return isArray(id) ? `${name} ${writeShape(variableOf(trace, id)?.shape ?? [])}`.trim() : name;
  };
  const some = from.length > MOST_SHAPES ? [...from.slice(0, MOST_SHAPES - 1).map(write), "\u2026"] : from.map(write);
  return [some.filter(Boolean), to.map(write).filter(Boolean)].filter(({ length }) => length > 0).map((ids) => ids.join(", ")).join(" \u2192 ");
}

/** @param {View} view */
function startText(view) {
  if (view.nodes.size === 0) return t("step.empty");
  const { outline } = view.trace;
  if (outline) return outline.runs ? t("step.outline") : t("graph.outline", { operators: outline.operators });
  if (view.steps.length === 0) return t("step.nothing");
  return t(view.trace.target === null ? "step.forward.only" : "step.given");
}

/**
 * Sets a large equation smaller, down to what can still be read; beyond that it scrolls.
 *
 * @param {HTMLElement} line
 * @param {number} height that it may have
 */
function fit(line, height) {
  line.style.removeProperty("--fit");
  const inner = line.firstElementChild;
  if (!inner || line.hidden) return;
  const size = inner.getBoundingClientRect();
  const scale = Math.min(1, available(line) / Math.max(1, size.width), height / Math.max(1, size.height));
  line.style.setProperty("--fit", String(Math.max(SMALLEST, scale)));
  reachable(line, scale < SMALLEST);
}

/** Sets all lines smaller alike, until the widest has room. @param {HTMLElement} lines */
function fitAll(lines) {
  lines.style.removeProperty("--fit");
  const widest = Math.max(1, ...[...lines.children].map((line) => line.getBoundingClientRect().width));
  const scale = Math.min(1, lines.clientWidth / widest);
  lines.style.setProperty("--fit", String(Math.max(SMALLEST, scale)));
  reachable(lines, scale < SMALLEST);
}

/** What scrolls is scrolled by keyboard too. @param {HTMLElement} line @param {boolean} scrolls */
function reachable(line, scrolls) {
  if (scrolls) line.tabIndex = 0;
  else line.removeAttribute("tabindex");
}

/** @param {HTMLElement} line */
function available(line) {
  return line.parentElement?.clientWidth ?? line.clientWidth;
}

/**
 * The height that is left for the last line, where sentence and equations stand side by side.
 *
 * @param {HTMLElement} element
 * @param {HTMLElement} line
 */
function roomBelow(element, line) {
  const formulas = /** @type {HTMLElement} */ (line.parentElement);
  const telling = /** @type {HTMLElement} */ (element.firstElementChild);
  if (formulas.offsetLeft === telling.offsetLeft) return Infinity;
  const { paddingTop, paddingBottom } = getComputedStyle(element);
  const space = element.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  const others = formulas.scrollHeight - line.offsetHeight;
  return Math.max(0, space - others);
}
