/** How the editor looks: the page's own colours, which follow its theme. */
import { HighlightStyle } from "@codemirror/language";
import { Decoration, EditorView, MatchDecorator, ViewPlugin } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword], color: "var(--forward)" },
  { tag: [tags.number, tags.bool], color: "var(--positive)" },
  { tag: tags.string, color: "var(--positive)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: "var(--backward)" },
]);

const roles = new MatchDecorator({
  regexp: /(?<=:\s*)\b(?:input|target|parameter)\b/g,
  decoration: Decoration.mark({ class: "cm-role" }),
});

/** The words that declare a variable. */
export const declarations = ViewPlugin.define(
  (view) => ({
    decorations: roles.createDeco(view),
    update(change) {
      this.decorations = roles.updateDeco(change, this.decorations);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

export const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", font: "14px/24px var(--code)" },
  "&.cm-focused": { outline: "2px solid var(--rule)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "auto" },
  ".cm-content": { padding: "4px 16px 24px 0", caretColor: "var(--ink)" },
  ".cm-gutters": { border: "0", backgroundColor: "var(--surface)", color: "var(--ink-soft)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "44px", padding: "0 12px 0 0" },
  ".cm-gutterElement.marked": { backgroundColor: "var(--error-wash)", color: "var(--error)", fontWeight: "600" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--sunken) 60%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--forward) 28%, transparent)",
  },
  ".current-step": { boxShadow: "inset 3px 0 var(--forward)", backgroundColor: "color-mix(in oklab, var(--forward) 10%, transparent)" },
  ".linked": { borderRadius: "2px", backgroundColor: "color-mix(in oklab, var(--focus) 26%, transparent)" },
  ".cm-role": { color: "var(--forward)" },
  ".cm-shape": { marginLeft: "16px", color: "var(--ink-soft)", fontSize: "12px", pointerEvents: "none", userSelect: "none" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--error)", textUnderlineOffset: "4px" },
  ".cm-tooltip": {
    maxWidth: "440px",
    border: "1px solid var(--hairline)",
    borderRadius: "6px",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    boxShadow: "0 8px 32px rgb(0 0 0 / 12%)",
    font: "13px/20px var(--text, sans-serif)",
    overflow: "hidden",
  },
  ".cm-help, .cm-diagnostic": { padding: "8px 12px", whiteSpace: "pre-line" },
  ".cm-help code": { font: "13px/20px var(--code)" },
  ".cm-help p": { margin: "4px 0 0", color: "var(--ink-soft)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--error)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--code)", maxHeight: "240px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-soft)", fontStyle: "normal" },
  ".cm-completionInfo": { padding: "8px 12px" },
});
