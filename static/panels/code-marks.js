/**
 * What the editor shows beside the text: the number of the line that is wrong, and at each line's end the shape of
 * what it computes.
 *
 * @import {Text} from "@codemirror/state"
 * @import {Trace} from "../types.js"
 */
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutterLineClass, WidgetType } from "@codemirror/view";
import { writeShape } from "../shared/tensor.js";

/** @type {import("@codemirror/state").StateEffectType<number | null>} */
export const setMarked = StateEffect.define();

const marker = new (class extends GutterMarker {
  elementClass = "marked";
})();

/** @type {StateField<RangeSet<GutterMarker>>} */
export const markedLine = StateField.define({
  create: () => RangeSet.empty,
  update(marks, change) {
    for (const effect of change.effects) {
      if (effect.is(setMarked)) return effect.value === null ? RangeSet.empty : RangeSet.of(marker.range(effect.value));
    }
    return change.docChanged ? RangeSet.empty : marks;
  },
  provide: (field) => gutterLineClass.from(field),
});

class Shape extends WidgetType {
  /** @param {string} words */
  constructor(words) {
    super();
    this.words = words;
  }

  /** @param {Shape} other */
  eq(other) {
    return other.words === this.words;
  }

  toDOM() {
    const element = document.createElement("span");
    element.className = "cm-shape";
    element.textContent = this.words;
    return element;
  }
}

/** @type {import("@codemirror/state").StateEffectType<[number, string][]>} */
export const setShapes = StateEffect.define();

/** @type {StateField<import("@codemirror/view").DecorationSet>} */
export const shapes = StateField.define({
  create: () => Decoration.none,
  update(known, change) {
    for (const effect of change.effects) {
      if (!effect.is(setShapes)) continue;
      return Decoration.set(effect.value.map(([at, words]) => Decoration.widget({ widget: new Shape(words), side: 1 }).range(at)));
    }
    if (!change.docChanged) return known;
    const { doc } = change.state;
    /** @type {[number, number][]} */
    const touched = [];
    change.changes.iterChangedRanges((_, __, from, to) => touched.push([doc.lineAt(from).from, doc.lineAt(to).to]));
    const stands = (/** @type {number} */ at) => !touched.some(([from, to]) => from <= at && at <= to);
    return known.map(change.changes).update({ filter: stands });
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Where a line ends, and the shapes of what it computes or declares; one that the line spells out is not repeated.
 *
 * @param {Trace} trace
 * @param {Text} text
 * @returns {[number, string][]}
 */
export function shapesOf(trace, text) {
  /** What a function returns is told where it is called. @type {Map<string, number>} */
  const calls = new Map();
  for (const { kind, parent, outputs, line } of trace.scopes.values()) {
    if (kind === "function" && parent === "" && line) for (const id of outputs) calls.set(id, line);
  }
  /** @type {Map<number, Set<string>>} */
  const found = new Map();
  for (const node of trace.nodes.values()) {
    const line = calls.get(node.id) ?? node.line;
    if (node.kind !== "variable" || node.named === false || !line || line > text.lines) continue;
    const shape = writeShape(node.shape);
    if (node.role !== "intermediate" && (!node.shape.length || text.line(line).text.replaceAll(" ", "").includes(shape.replaceAll(" ", "")))) continue;
    found.set(line, (found.get(line) ?? new Set()).add(shape));
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([line, words]) => [text.line(line).to, [...words].join(", ")]);
}

/** @typedef {{ line: number | null, name: string | null }} Link the line of the step on show, and the name that is pointed at */
/** @type {import("@codemirror/state").StateEffectType<Link>} */
export const setLink = StateEffect.define();

/** @type {StateField<{ link: Link, marks: import("@codemirror/view").DecorationSet }>} */
export const links = StateField.define({
  create: () => ({ link: /** @type {Link} */ ({ line: null, name: null }), marks: Decoration.none }),
  update(known, change) {
    const effect = change.effects.find((one) => one.is(setLink));
    if (!effect && !change.docChanged) return known;
    const link = effect ? effect.value : known.link;
    return { link, marks: linked(change.state.doc, link) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ marks }) => marks),
});

/** @param {Text} text @param {Link} link */
function linked(text, { line, name }) {
  /** @type {import("@codemirror/state").Range<Decoration>[]} */
  const found = [];
  if (line !== null && line >= 1 && line <= text.lines) {
    found.push(Decoration.line({ class: "current-step", attributes: { "aria-current": "step" } }).range(text.line(line).from));
  }
  if (name) {
    const word = new RegExp(`(?<![\\w.])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`, "g");
    for (const match of text.toString().matchAll(word)) found.push(Decoration.mark({ class: "linked" }).range(match.index, match.index + name.length));
  }
  return Decoration.set(found, true);
}
