/**
 * The program's text in CodeMirror: colours, completion, help under the pointer, errors underlined, shapes at the
 * lines' ends, and one history over text and numbers alike. Loaded after the first picture. It lives in a shadow
 * root, where its style sheet may be made by script under the page's strict policy.
 *
 * @import {Trace} from "../types.js"
 * @import {ApiError} from "../state/api.js"
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, undo } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Prec, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { t } from "../i18n/strings.js";
import { colours, declarations, look } from "./code-look.js";
import { completeFrom, helpAt } from "./code-help.js";
import { numbers, past, restore, save, setNumbers } from "./code-past.js";
import { links, markedLine, setLink, setMarked, setShapes, shapes, shapesOf } from "./code-marks.js";

/** @typedef {import("./code-past.js").Numbers} Numbers */

/**
 * Typing over a selection, done here: left to itself, the browser would write a style attribute, which the page's
 * policy forbids and reports.
 *
 * @param {InputEvent} event
 * @param {EditorView} view
 */
function typeOver(event, view) {
  const insert = (event.data ?? event.dataTransfer?.getData("text/plain"))?.replace(/\r\n?/g, "\n");
  const marked = selectionIn(view.root);
  if (event.inputType !== "insertText" || view.composing || !insert || !marked?.anchorNode || !marked.focusNode) return false;
  const anchor = view.posAtDOM(marked.anchorNode, marked.anchorOffset);
  const head = view.posAtDOM(marked.focusNode, marked.focusOffset);
  const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
  if (from === to) return false;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.type" });
  event.preventDefault();
  return true;
}

/**
 * Chrome keeps the selection inside a shadow root to that root; other browsers give it to the document.
 *
 * @param {DocumentOrShadowRoot} root
 * @returns {Selection | null}
 */
function selectionIn(root) {
  return "getSelection" in root ? /** @type {any} */ (root).getSelection() : document.getSelection();
}

/**
 * @param {HTMLElement} host
 * @param {object} start
 * @param {string} start.text
 * @param {Numbers} start.numbers
 * @param {unknown} start.saved what `save` gave before, if there is any
 * @param {() => Trace | null} start.trace
 * @param {() => Promise<import("./code-help.js").Operator[]>} start.operators
 * @param {() => void} start.onRun Ctrl+Enter
 * @param {() => void} start.onChange the text was changed by hand
 * @param {() => void} start.onTravel undo or redo
 * @param {(name: string | null) => void} start.onPoint the pointer or the cursor is on a name, or on none
 */
export function createCode(host, start) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  /** @type {import("./code-help.js").Operator[]} */
  let operators = [];
  start.operators().then(
    (known) => (operators = known),
    () => {},
  );
  const knowledge = { operators: () => operators, trace: start.trace };
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    bracketMatching(),
    closeBrackets(),
    indentUnit.of("    "),
    python(),
    syntaxHighlighting(colours),
    declarations,
    autocompletion({ override: [completeFrom(knowledge)] }),
    hoverTooltip(helpAt(knowledge)),
    markedLine,
    shapes,
    links,
    past,
    Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (start.onRun(), true) }])),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
    EditorView.contentAttributes.of({ "aria-label": t("program.text"), autocapitalize: "off", spellcheck: "false", tabindex: "0" }),
    look,
    EditorView.domEventHandlers({
      beforeinput: typeOver,
      mousemove: (event, editor) => start.onPoint(nameAt(editor, editor.posAtCoords({ x: event.clientX, y: event.clientY }))),
      mouseleave: () => start.onPoint(null),
    }),
    EditorView.updateListener.of((update) => {
      const by = (/** @type {string} */ event) => update.transactions.some((change) => change.isUserEvent(event));
      if (by("select")) start.onPoint(nameAt(update.view, update.state.selection.main.head));
      if (by("undo") || by("redo")) start.onTravel();
      else if (update.docChanged && !by("set")) start.onChange();
      if (update.docChanged) update.view.requestMeasure({ read: leftmost, write: (left, { scrollDOM }) => left !== null && (scrollDOM.scrollLeft = left) });
    }),
  ];
  const view = new EditorView({ state: restore(start, extensions), parent: root, root });
  view.contentDOM.id = "code";
  host.addEventListener("keydown", (event) => event.stopPropagation());

  return {
    get text() {
      return view.state.doc.toString();
    },
    get numbers() {
      return view.state.field(numbers);
    },

    /** @param {string} text @param {{ anew: boolean }} how `anew`: numbers that were changed have no part in it */
    setText(text, { anew }) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        effects: anew ? setNumbers.of({}) : [],
        annotations: isolateHistory.of("full"),
        userEvent: "set",
      });
    },

    /** @param {Numbers} changed @param {boolean} undoable */
    setNumbers(changed, undoable) {
      if (JSON.stringify(changed) === JSON.stringify(view.state.field(numbers))) return;
      const annotations = [isolateHistory.of("full"), Transaction.addToHistory.of(undoable)];
      view.dispatch({ effects: setNumbers.of(changed), annotations });
    },

    /** @param {ApiError | null} error */
    mark(error) {
      const { doc } = view.state;
      const line = error?.line && error.line <= doc.lines ? doc.line(error.line) : null;
      view.dispatch({ effects: setMarked.of(line && line.from) });
      if (!error || !line) {
        view.dispatch(setDiagnostics(view.state, []));
        return;
      }
      const from = Math.min(line.from + (error.column ?? 1) - 1, line.to);
      const word = /^\w+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
      const to = Math.max(from, Math.min(from + word, line.to));
      const message = [error.message, error.hint].filter(Boolean).join("\n");
      view.dispatch(setDiagnostics(view.state, [{ from: to === from ? line.from : from, to, severity: "error", message }]));
    },

    /** @param {import("./code-marks.js").Link} link */
    link(link) {
      const known = view.state.field(links).link;
      if (known.line !== link.line || known.name !== link.name) view.dispatch({ effects: setLink.of(link) });
    },

    /** @param {Trace} trace of the text as it stands */
    annotate(trace) {
      view.dispatch({ effects: setShapes.of(shapesOf(trace, view.state.doc)) });
    },

    /** @param {number} line @param {number} column */
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: Math.min(at.from + column - 1, at.to) }, scrollIntoView: true });
      view.focus();
    },

    /** @param {{ anchor: number, head: number }} selection */
    focus(selection) {
      view.dispatch({ selection });
      view.focus();
    },
    undo: () => undo(view),
    redo: () => redo(view),
    save: () => save(view.state),
  };
}

/** Pixels between the cursor and the editor's edge. */
const EDGE = 16;

/** 0 where the cursor is in sight without scrolling sideways, which a browser that inserts a text does not undo. @param {EditorView} view */
function leftmost(view) {
  const { scrollDOM } = view;
  const at = view.coordsAtPos(view.state.selection.main.head);
  return at && at.left - scrollDOM.getBoundingClientRect().left + scrollDOM.scrollLeft < scrollDOM.clientWidth - EDGE ? 0 : null;
}

/** The name that stands at a place of the text. @param {EditorView} view @param {number | null} at */
function nameAt(view, at) {
  const word = at === null ? null : view.state.wordAt(at);
  return word ? view.state.sliceDoc(word.from, word.to) : null;
}
