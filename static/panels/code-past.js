/**
 * The editor's one history over text and numbers alike, and how it outlives a reload.
 *
 * @import {NestedTensor} from "../types.js"
 */
import { historyField, invertedEffects } from "@codemirror/commands";
import { EditorState, StateEffect, StateField } from "@codemirror/state";

/** @typedef {Record<string, NestedTensor>} Numbers */

/** @type {import("@codemirror/state").StateEffectType<Numbers>} */
export const setNumbers = StateEffect.define();

/** The numbers that replace the program's own; part of the history, and of what outlives a reload. @type {StateField<Numbers>} */
export const numbers = StateField.define({
  create: () => ({}),
  update: (known, change) => change.effects.findLast((effect) => effect.is(setNumbers))?.value ?? known,
  toJSON: (known) => known,
  fromJSON: (saved) => saved,
});

/**
 * What a text says of a variable where it first gives it, up to the next line that starts anew.
 *
 * @param {string} text
 * @param {string} name
 */
export function declaration(text, name) {
  return new RegExp(`^[ \\t]*${name}[ \\t]*[:=].*(?:\\n[ \\t)\\]].*)*`, "mu").exec(text)?.[0] ?? null;
}

/** Who rewrites a declaration means it: its variable has the program's own numbers again. Undone, the old text has the old ones. */
const forgetNumbers = EditorState.transactionExtender.of((change) => {
  const moves = change.isUserEvent("undo") || change.isUserEvent("redo");
  const known = Object.entries(change.startState.field(numbers));
  if (!change.docChanged || moves || known.length === 0 || change.effects.some((effect) => effect.is(setNumbers))) return null;
  const [before, after] = [change.startState.doc.toString(), change.newDoc.toString()];
  const kept = known.filter(([name]) => declaration(before, name) === declaration(after, name));
  return kept.length === known.length ? null : { effects: setNumbers.of(Object.fromEntries(kept)) };
});

const rememberNumbers = invertedEffects.of((change) =>
  change.effects.some((effect) => effect.is(setNumbers)) ? [setNumbers.of(change.startState.field(numbers))] : [],
);

export const past = [numbers, forgetNumbers, rememberNumbers];

const FIELDS = { numbers, history: historyField };

/** What the history knows of numbers, which its own JSON leaves out. @typedef {{ done: Numbers[][], undone: Numbers[][] }} Effects */

/** @param {EditorState} state @returns {Record<"done" | "undone", { effects: StateEffect<any>[] }[]>} */
const events = (state) => /** @type {any} */ (state.field(historyField));

/** @param {EditorState} state */
export function save(state) {
  const told = (/** @type {{ effects: StateEffect<any>[] }[]} */ branch) =>
    branch.map(({ effects }) => effects.filter((effect) => effect.is(setNumbers)).map(({ value }) => value));
  const { done, undone } = events(state);
  return { ...state.toJSON(FIELDS), effects: { done: told(done), undone: told(undone) } };
}

/**
 * @param {{ text: string, numbers: Numbers, saved: any }} start
 * @param {import("@codemirror/state").Extension} extensions
 */
export function restore({ text, numbers: known, saved }, extensions) {
  try {
    if (saved) {
      const state = EditorState.fromJSON(saved, { extensions }, FIELDS);
      for (const side of /** @type {const} */ (["done", "undone"])) {
        events(state)[side].forEach((event, i) => (event.effects = saved.effects[side][i].map(setNumbers.of, setNumbers)));
      }
      return state;
    }
  } catch {
    // What another version of the page has saved is not worth failing for.
  }
  return EditorState.create({ doc: text, extensions: [extensions, numbers.init(() => known)] });
}
