/**
 * What is selected, in full: a variable's numbers, an operator's formula, a group's inside and outside.
 *
 * @import {NestedTensor, OperatorNode, PlayerState, Scope, Trace, VariableNode, View, ViewNode} from "../types.js"
 */
import { setMath } from "../math.js";
import { formatShape, isSummary } from "../tensor.js";
import { operatorOf, variableOf } from "../trace.js";
import { drawNumbers } from "./numbers.js";

/**
 * @typedef {object} InspectorOptions
 * @property {(id: string, tensor: NestedTensor) => void} onEdit
 * @property {(id: string) => void} onSelect
 * @property {(moment: number) => void} onSeek
 * @property {(id: string) => void} onReset back to the number that the program gives
 */

/**
 * @param {HTMLElement} element
 * @param {InspectorOptions} options
 */
export function createInspector(element, { onEdit, onSelect, onSeek, onReset }) {
  /** @type {{ node: HTMLElement, moment: number }[]} */
  let pending = [];

  return {
    /**
     * @param {Trace} trace
     * @param {View} view
     * @param {string | null} id
     * @param {ReadonlySet<string>} changed variables whose numbers are not the program's own
     */
    show(trace, view, id, changed) {
      pending = [];
      const variable = id === null ? null : variableOf(trace, id);
      const operator = id === null ? null : operatorOf(trace, id);
      const scope = id === null ? undefined : trace.scopes.get(id);
      element.replaceChildren();
      if (variable) showVariable(view, variable, changed.has(variable.id));
      else if (operator) showOperator(operator);
      else if (scope) showScope(scope);
      if (id === null) return;
      const edges = [...view.edges.values()];
      links("Comes from", view, edges.filter(({ target }) => target === id).map(({ source }) => source));
      links("Goes to", view, edges.filter(({ source }) => source === id).map(({ target }) => target));
    },

    /** @param {PlayerState} state */
    draw({ moment }) {
      for (const { node, moment: due } of pending) node.classList.toggle("pending", moment < due);
    },

    /** The cell that is being edited, and its text so far. @returns {{ index: string, text: string } | null} */
    get editedCell() {
      const active = document.activeElement;
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

  /** @param {View} view @param {VariableNode} variable @param {boolean} changed */
  function showVariable(view, variable, changed) {
    const { id, latex, role, shape, dtype, value, gradient } = variable;
    heading(latex, id);
    facts([
      ["role", role],
      ["shape", formatShape(shape)],
      ["type", dtype],
    ]);
    const valueDue = view.valueMoments.get(id) ?? 0;
    const part = section("Value", "value", valueDue, "computed");
    const editable = role !== "intermediate" && !isSummary(value);
    drawNumbers(part, value, {
      name: `${id} value`,
      shape,
      onEdit: editable ? (tensor) => onEdit(id, tensor) : null,
    });
    if (editable) part.append(editNote(id, changed));
    const received = view.contributions.get(id) ?? [];
    const gradientDue = received.findLast(({ step }) => step.final)?.moment ?? 0;
    const other = section("Gradient", "gradient", gradientDue, "complete");
    if (gradient === null) other.append(note("No path leads from here to the target."));
    else drawNumbers(other, gradient, { name: `${id} gradient`, shape, onEdit: null });
    for (const { moment, step } of received) {
      const line = document.createElement("button");
      line.type = "button";
      line.className = "derivation";
      line.title = `Go to step ${moment}`;
      setMath(line, step.equation.symbolic ?? "", { large: true });
      line.addEventListener("click", () => onSeek(moment));
      other.append(line);
    }
  }

  /** @param {OperatorNode} operator */
  function showOperator(operator) {
    heading(operator.symbol, operator.op);
    const work = operator.flops === undefined ? [] : /** @type {[string, string][]} */ ([["FLOPs", String(operator.flops)]]);
    facts([["kind", "operator"], ...work, ...attributes(operator)]);
    formula(operator.latex);
  }

  /** @param {Scope} scope */
  function showScope(scope) {
    heading(scope.symbol, scope.name);
    facts([["kind", scope.kind]]);
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
      term.textContent = name;
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
   * @param {string} title
   * @param {"value" | "gradient"} name
   * @param {number} due the moment from which it is there in the picture
   * @param {string} done
   */
  function section(title, name, due, done) {
    const part = document.createElement("section");
    part.dataset.part = name;
    const head = document.createElement("h3");
    head.textContent = title;
    part.append(head);
    if (due > 0) {
      const go = document.createElement("button");
      go.type = "button";
      go.className = "due";
      go.textContent = `${done} in step ${due}`;
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
    for (const id of ids) {
      const node = /** @type {ViewNode} */ (view.nodes.get(id));
      const link = document.createElement("button");
      link.type = "button";
      link.className = "link";
      const maths = document.createElement("span");
      setMath(maths, node.latex);
      const words = document.createElement("span");
      words.textContent = node.variable ? `${node.role}, ${formatShape(node.variable.shape)}` : node.name;
      link.append(maths, words);
      link.addEventListener("click", () => onSelect(id));
      part.append(link);
    }
    element.append(part);
  }

  /** @param {string} id @param {boolean} changed */
  function editNote(id, changed) {
    if (!changed) return note("Change a number and all that depends on it is computed anew.");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "reset";
    button.textContent = "Back to the program's own numbers";
    button.addEventListener("click", () => onReset(id));
    return button;
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
