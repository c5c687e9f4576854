/**
 * What the editor shows beside the text: the number of the line that is wrong, and at each line's end the shape of
 * what it computes.
 *
 * @import {Text} from "@codemirror/state"
 * @import {Trace} from "../types.js"
 */
import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutterLineClass, WidgetType } from "@codemirror/view";
import { formatShape } from "../tensor.js";

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
    return known.map(change.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Where a line ends, and the shapes of what it computes.
 *
 * @param {Trace} trace
 * @param {Text} text
 * @returns {[number, string][]}
 */
export function shapesOf(trace, text) {
  /** @type {Map<number, Set<string>>} */
  const found = new Map();
  for (const node of trace.nodes.values()) {
    if (node.kind !== "variable" || node.role !== "intermediate" || node.named === false || !node.line) continue;
    const known = found.get(node.line) ?? new Set();
    found.set(node.line, known.add(formatShape(node.shape)));
  }
  return [...found]
    .filter(([line]) => line <= text.lines)
    .sort(([a], [b]) => a - b)
    .map(([line, words]) => [text.line(line).to, [...words].join(", ")]);
}
