/**
 * What is selected, in full: a variable's numbers, an operator's formula, a group's inside and outside.
 *
 * @import {NestedTensor, OperatorNode, PlayerState, Scope, Trace, VariableNode, View, ViewNode} from "../types.js"
 */
import { formatCount } from "../i18n/format.js";
import { setMath } from "../shared/math.js";
import { sentence } from "../i18n/sentence.js";
import { spokenName, spokenNames } from "../i18n/spoken.js";
import { kindName, known, roleName, t } from "../i18n/strings.js";
import { formatShape, isSummary, magnitude, toRows } from "../shared/tensor.js";
import { differentiator, isOne, otherLosses } from "./losses.js";
import { operatorOf, variableOf } from "../state/trace.js";
import { because } from "./because.js";
import { changer } from "./change.js";
import { checker } from "./check.js";
import { derivation } from "./derivation.js";
import { figures } from "./figures.js";
import { forwardMode } from "./forward.js";
import { costOf, localDerivatives, reference } from "./operator.js";
import { drawNumbers } from "./numbers.js";
import { provenance } from "./provenance.js";
import { taker } from "./take.js";

/** More paths than this into one variable are counted rather than listed. */
const MOST_PATHS = 8;
const MOST_LINKS = 40;

/**
 * @typedef {object} InspectorOptions
 * @property {((id: string, tensor: NestedTensor) => void) | null} onEdit null where numbers are only read
 * @property {(id: string) => void} onSelect
 * @property {(moment: number) => void} onSeek
 * @property {(id: string) => void} onReset back to the number that the program gives
 * @property {((path: string, more?: object) => Promise<any>) | null} ask an endpoint about the program as it stands; null without a server
 * @property {(id: string | null) => void} [onTarget] something else is to be differentiated; null: the program's last scalar
 * @property {import("./provenance.js").Trace} [trace] which entries an entry is computed with; null where the page does not compute
 * @property {(marks: import("./provenance.js").Marks | null) => void} [onMarks] these entries are marked in the picture
 * @property {(op: string) => Promise<{ name: string, signature: string, doc: string } | null>} describe an operator
 */

/**
 * @param {HTMLElement} element
 * @param {InspectorOptions} options
 */
export function createInspector(element, { onEdit, onSelect, onSeek, onReset, onTarget, ask, describe, trace: traceEntry, onMarks = () => {} }) {
  /** @type {{ node: HTMLElement, moment: number }[]} */
  let pending = [];
  let shared = false;
  /** @type {ReadonlySet<string>} */
  let lastChanged = new Set();
  /** Which matrix of each longer array is on show. @type {Map<string, number[]>} */
  const slices = new Map();
  /** The entry whose operands are marked. @type {{ id: string, of: "value" | "gradient", at: number[] } | null} */
  let traced = null;
  /** The numbers last shown of each array. @type {Map<string, string[]>} */
  const shownBefore = new Map();

  const inspector = {
    /**
     * @param {Trace} trace
     * @param {View} view
     * @param {string | null} id
     * @param {ReadonlySet<string>} changed variables whose numbers are not the program's own
     */
    show(trace, view, id, changed) {
      pending = [];
      lastChanged = changed;
      if (traced && traced.id !== id) {
        traced = null;
        onMarks(null);
      }
      const variable = id === null ? null : variableOf(trace, id);
      const operator = id === null ? null : operatorOf(trace, id);
      const scope = id === null ? undefined : trace.scopes.get(id);
      element.replaceChildren();
      if (variable) showVariable(trace, view, variable, changed.has(variable.id));
      else if (operator) showOperator(trace, operator);
      else if (scope) showScope(scope);
      if (id === null) return;
      const edges = [...view.edges.values()];
      links(t("inspector.from"), view, edges.filter(({ target }) => target === id).map(({ source }) => source));
      links(t("inspector.to"), view, edges.filter(({ source }) => source === id).map(({ target }) => target));
    },

    /** @param {PlayerState} state */
    draw({ moment }) {
      for (const { node, moment: due } of pending) node.classList.toggle("pending", moment < due);
    },

    /** The cell that is being edited, and its text so far. @returns {{ index: string, text: string } | null} */
    get editedCell() {
      const active = /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;
      if (!(active instanceof HTMLInputElement) || !element.contains(active)) return null;
      return { index: active.dataset.index ?? "", text: active.value };
    },

    /** Goes on with an edit that a redraw has cut off. @param {{ index: string, text: string }} cell */
    editCell({ index, text }) {
      const cell = element.querySelector(`input[data-index="${index}"]`);
      if (!(cell instanceof HTMLInputElement)) return;
      cell.focus();
      if (cell.value === text) return;
      cell.value = text;
    },
  };
  return inspector;

  /** @param {Trace} trace @param {View} view @param {VariableNode} variable @param {boolean} changed */
  function showVariable(trace, view, variable, changed) {
    const { id, latex, role, shape, dtype, value, gradient } = variable;
    const called = spokenName(trace, id);
    heading(latex, id);
    facts([
      ["role", roleName(role)],
      ["shape", formatShape(shape)],
      ["type", dtype],
    ]);
    if (onTarget && isOne(shape) && trace.orders.size === 0 && role === "intermediate") element.append(differentiator(trace, id, onTarget));
    if (gradient !== null && shape.length > 0) element.append(scales(trace, view, id));
    const scale = shared && gradient !== null ? Math.max(magnitude(toRows(value)), magnitude(toRows(gradient))) : undefined;
    const valueDue = view.valueMoments.get(id) ?? 0;
    const part = section("value", valueDue);
    const editable = onEdit !== null && role !== "intermediate" && !trace.orders.has(id);
    const cells = document.createElement("div");
    part.append(cells);
    const origin = originOf(trace, id, "value", shape);
    drawNumbers(cells, value, {
      ...origin,
      name: t("numbers.of.value", { id: called }),
      shape,
      index: sliceOf(`${id} value`),
      scale,
      load: ask && ((slice) => load(id, "value", slice)),
      onEdit: editable && !isSummary(value) ? (tensor) => onEdit?.(id, tensor) : null,
    });
    flash(`${id} value`, cells);
    if (origin) part.append(origin.element);
    if (editable) {
      const change = (/** @type {NestedTensor} */ tensor) => onEdit?.(id, tensor);
      part.append(changer({ shape, changed, onChange: change, onReset: () => onReset(id) }));
    }
    part.append(taker(id, value, whole("values", id)), figures(value));
    if (trace.target === null && trace.orders.size > 0) return;
    const received = view.contributions.get(id) ?? [];
    const gradientDue = received.findLast(({ step }) => step.final)?.moment ?? 0;
    const other = section("gradient", gradientDue);
    if (gradient === null) {
      other.append(note(t("inspector.nowhere")));
      if (ask && trace.orders.size === 0) other.append(otherLosses(trace, variable, { ask, onTarget }));
      return;
    }
    const slopes = document.createElement("div");
    other.append(slopes);
    const back = originOf(trace, id, "gradient", shape);
    drawNumbers(slopes, gradient, { ...back, name: t("numbers.of.gradient", { id: called }), shape, index: sliceOf(`${id} gradient`), scale, load: ask && ((slice) => load(id, "gradient", slice)), onEdit: null });
    flash(`${id} gradient`, slopes);
    if (back) other.append(back.element);
    other.append(note(because(trace, view, variable)));
    if (ask && role !== "intermediate") other.append(checker({ id, shape, ask: () => ask("check", { wrt: [id] }) }));
    other.append(taker(`${id}.gradient`, gradient, whole("gradients", id)), figures(gradient));
    if (ask && trace.orders.size === 0) other.append(otherLosses(trace, variable, { ask, onTarget }));
    if (ask && role !== "intermediate" && trace.target) other.append(forwardMode(trace, variable, { ask, onSelect }));
    if (received.length > 1) contributions(trace, received, shape, id);
    const derived = derivation(trace, view, id, { onSelect });
    if (derived) element.append(derived);
  }

  /**
   * What tells where a chosen entry comes from; it goes on with the entry that was chosen before a redraw.
   *
   * @param {Trace} trace
   * @param {string} id
   * @param {"value" | "gradient"} of
   * @param {number[]} shape
   */
  function originOf(trace, id, of, shape) {
    if (!traceEntry || trace.orders.size > 0) return null;
    const { element, show } = provenance({ id, of, shape, target: trace.target ?? "", names: spokenNames(trace), trace: traceEntry, onMarks });
    const onCell = (/** @type {number[]} */ at) => {
      traced = { id, of, at };
      show(at);
    };
    if (traced?.id === id && traced.of === of) queueMicrotask(() => traced && show(traced.at));
    return { element, onCell };
  }

  /**
   * What each path adds to the gradient, and their sum.
   *
   * @param {Trace} trace
   * @param {import("../types.js").Contribution[]} received
   * @param {number[]} shape
   * @param {string} id
   */
  function contributions(trace, received, shape, id) {
    const part = document.createElement("section");
    part.dataset.part = "contributions";
    const head = document.createElement("h3");
    head.textContent = t("inspector.paths");
    part.append(head);
    const shown = received.length > MOST_PATHS + 1 ? [...received.slice(0, MOST_PATHS), ...received.slice(-1)] : received;
    for (const { moment, step } of shown) {
      const line = document.createElement("button");
      line.type = "button";
      line.className = "derivation";
      line.title = t("inspector.goto", { step: moment });
      setMath(line, step.equation.symbolic ?? "", { large: true });
      if (!step.equation.symbolic) line.textContent = sentence(step);
      line.addEventListener("click", () => onSeek(moment));
      part.append(line);
      const added = step.kind === "sum" ? step.gradient : step.contribution;
      if (added == null) continue;
      const body = document.createElement("div");
      drawNumbers(body, added, { name: step.kind === "sum" ? t("numbers.of.gradient", { id: spokenName(trace, id) }) : t("numbers.of.contribution", { id: spokenName(trace, id), through: String(step.message?.parameters.through ?? step.through) }), shape, onEdit: null });
      part.append(body);
    }
    if (shown.length < received.length) part.append(note(t("inspector.paths.more", { count: received.length - shown.length })));
    element.append(part);
  }

  /** @param {Trace} trace @param {View} view @param {string} id */
  function scales(trace, view, id) {
    const label = document.createElement("label");
    label.className = "scales";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = shared;
    label.append(box, t("inspector.scales"));
    box.addEventListener("change", () => {
      shared = box.checked;
      inspector.show(trace, view, id, lastChanged);
      /** @type {HTMLElement | null} */ (element.querySelector(".scales input"))?.focus();
    });
    return label;
  }

  /** @param {string} name */
  function sliceOf(name) {
    const known = slices.get(name) ?? [];
    slices.set(name, known);
    return known;
  }

  /** Marks the cells that show another number than before. @param {string} name @param {HTMLElement} cells */
  function flash(name, cells) {
    const numbers = [...cells.querySelectorAll("td")].map((cell) => cell.title);
    const before = shownBefore.get(name);
    if (before?.length === numbers.length) {
      cells.querySelectorAll("td").forEach((cell, i) => cell.classList.toggle("changed", before[i] !== numbers[i]));
    }
    shownBefore.set(name, numbers);
  }

  /** @param {"values" | "gradients"} kind @param {string} id */
  function whole(kind, id) {
    return ask && (async () => (await ask("run", { want: { [kind]: [id] } }))[kind][id]);
  }

  /** @param {string} name @param {"value" | "gradient"} of @param {string} slice */
  async function load(name, of, slice) {
    return (await ask?.("tensor", { name, of, slice }))?.data;
  }

  /** @param {Trace} trace @param {OperatorNode} operator */
  function showOperator(trace, operator) {
    heading(operator.symbol, operator.op);
    const cost = costOf(trace, operator);
    const work = operator.flops === undefined ? [] : /** @type {[string, string][]} */ ([["flops", formatCount(operator.flops)]]);
    facts([
      ["kind", t("kind.operator")],
      ...work,
      ["read", formatCount(cost.read)],
      ["written", formatCount(cost.written)],
      ...attributes(operator),
    ]);
    formula(operator.latex);
    element.append(reference(operator, describe));
    if (ask) element.append(localDerivatives(trace, operator, { ask, onSelect }));
  }

  /** @param {Scope} scope */
  function showScope(scope) {
    heading(scope.symbol, scope.name);
    facts([["kind", kindName(scope.kind)]]);
    formula(scope.latex);
  }

  /** @param {string} latex @param {string} name */
  function heading(latex, name) {
    const title = document.createElement("h2");
    const maths = document.createElement("span");
    setMath(maths, latex);
    const words = document.createElement("code");
    words.textContent = name;
    title.append(maths, words);
    element.append(title);
  }

  /** @param {[string, string][]} entries */
  function facts(entries) {
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, content] of entries) {
      const term = document.createElement("dt");
      term.textContent = known(`inspector.${name}`, name);
      const description = document.createElement("dd");
      description.dataset.fact = name;
      description.textContent = content;
      list.append(term, description);
    }
    element.append(list);
  }

  /** @param {string} latex */
  function formula(latex) {
    const line = document.createElement("div");
    line.className = "formula";
    setMath(line, latex, { large: true });
    element.append(line);
  }

  /**
   * @param {"value" | "gradient"} name
   * @param {number} due the moment from which it is there in the picture
   */
  function section(name, due) {
    const part = document.createElement("section");
    part.dataset.part = name;
    const head = document.createElement("h3");
    head.textContent = t(`inspector.${name}`);
    part.append(head);
    if (due > 0) {
      const go = document.createElement("button");
      go.type = "button";
      go.className = "due";
      go.textContent = t(`inspector.${name}.due`, { step: due });
      go.addEventListener("click", () => onSeek(due));
      head.append(go);
      pending.push({ node: part, moment: due });
    }
    const body = document.createElement("div");
    part.append(body);
    element.append(part);
    return body;
  }

  /** @param {string} title @param {View} view @param {string[]} ids */
  function links(title, view, ids) {
    if (ids.length === 0) return;
    const part = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = title;
    part.append(head);
    for (const id of ids.slice(0, MOST_LINKS)) {
      const node = /** @type {ViewNode} */ (view.nodes.get(id));
      const link = document.createElement("button");
      link.type = "button";
      link.className = "link";
      const maths = document.createElement("span");
      setMath(maths, node.latex);
      const words = document.createElement("span");
      words.textContent = node.variable ? t("inspector.link", { role: roleName(node.role ?? ""), shape: formatShape(node.variable.shape) }) : node.name;
      link.append(maths, words);
      link.addEventListener("click", () => onSelect(id));
      part.append(link);
    }
    if (ids.length > MOST_LINKS) part.append(note(t("inspector.more", { count: ids.length - MOST_LINKS })));
    element.append(part);
  }
}

/** @param {OperatorNode} operator @returns {[string, string][]} */
function attributes({ attributes: given }) {
  return Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

/** @param {string} words */
function note(words) {
  const element = document.createElement("p");
  element.className = "note";
  element.textContent = words;
  return element;
}
