/**
 * Edits: the graph one step away from what it is, by a click on what is to change; then what the change did, marked
 * in the picture, and the equations of both passes before and after it side by side.
 *
 * @import {Bench} from "./lab.js"
 */
import { t } from "../i18n/strings.js";
import { shownAs } from "../state/view.js";
import { make, tellProblem } from "../shared/dom.js";
import { drawDifference, paintDifference } from "./difference.js";
import { wordsOf } from "./gallery.js";

/** @typedef {import("../i18n/strings.js").Key} Key */
/** @typedef {{ program: string, sizes: Record<string, number> }} Version */
/** @typedef {{ kind: string, line: number, place: string, part: string, new: string, program: string }} Edit */

const KINDS = /** @type {const} */ (["bias", "activation", "layer", "dropout", "skip", "decay", "sizes"]);
/** Earlier programs that can be compared with. */
const MOST = 8;

/**
 * @param {HTMLElement} host
 * @param {Bench} bench
 */
export function createEditsPanel(host, { api, session, write, examples, paint, light }) {
  /** @type {any} */
  let found = null;
  /** The program that the one on show is compared with. @type {Version | null} */
  let base = null;
  let asked = "";
  let compared = "";
  let looking = false;
  let moved = false;
  let turn = 0;

  const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
  const list = make("div", { class: "edits" });
  const why = make("details", { class: "in-words", hidden: true });
  const earlier = make("select", { "aria-label": t("edits.compare") });
  const back = make("button", { type: "button", class: "quiet", "data-action": "before", hidden: true }, t("edits.back"));
  const summary = make("p", { class: "told", "data-part": "difference", role: "status" });
  const difference = make("div", { class: "difference" });
  host.append(
    trouble, make("h3", {}, t("edits.make")), list, why,
    make("h3", {}, t("edits.compare"), make("span", { class: "pick" }, earlier)), summary, difference,
    make("div", { class: "controls" }, back),
  );
  earlier.addEventListener("change", () => {
    base = earlier.value === "" ? null : choices()[Number(earlier.value)].version;
    compare();
  });
  back.addEventListener("click", () => base && write(base.program));

  return {
    show() {
      looking = true;
      load();
    },
    hide() {
      looking = false;
      paint(null);
    },
  };

  function load() {
    const key = JSON.stringify([session.program, session.sizes]);
    if (key === asked) {
      dress();
      return;
    }
    asked = key;
    if (base === null || base.program === session.program) base = session.past[0] ?? null;
    listVersions();
    offer();
    compare();
  }

  /** The edits that this program allows. */
  async function offer() {
    const { program } = session;
    try {
      const answer = await api.ask("edits", { program });
      if (program !== session.program) return;
      trouble.hidden = true;
      drawEdits(answer);
    } catch (error) {
      if (program !== session.program) return;
      list.replaceChildren();
      why.hidden = true;
      tellProblem(trouble, error);
    }
  }

  /** @param {{ edits: Edit[], missing: Record<string, string> }} answer */
  function drawEdits({ edits, missing }) {
    const groups = KINDS.map((kind) => ({ kind, edits: edits.filter((edit) => edit.kind === kind) })).filter((group) => group.edits.length > 0);
    const focused = list.contains(document.activeElement);
    list.replaceChildren(
      ...groups.map(({ kind, edits: mine }) => {
        const group = make("div", { role: "group", "aria-label": t(`edits.${kind}`), "data-kind": kind });
        const buttons = kind === "activation" ? byPlace(mine) : mine.map((edit) => button(edit, kind === "sizes" || kind === "decay" ? edit.new : placeOf(edit, mine)));
        group.append(make("h4", {}, t(`edits.${kind}`)), make("div", {}, ...buttons));
        return group;
      }),
    );
    const absent = KINDS.filter((kind) => kind in missing);
    why.hidden = absent.length === 0;
    const reasons = absent.map((kind) => make("li", {}, make("strong", {}, t(`edits.${kind}`)), ` ${t(`edits.missing.${kind}`)}`));
    why.replaceChildren(make("summary", {}, t("edits.missing", { count: absent.length })), make("ul", { class: "told" }, ...reasons));
    if (!focused) return;
    moved = true;
    list.querySelector("button")?.focus();
    moved = false;
  }

  /** The line that an edit is about, or its part of it where others are about the same line. @param {Edit} edit @param {Edit[]} others */
  function placeOf(edit, others) {
    return others.some((other) => other.line === edit.line && other.part !== edit.part) ? edit.part : edit.place;
  }

  /** One row a place, a button for each other activation. @param {Edit[]} edits */
  function byPlace(edits) {
    const places = [...new Set(edits.map(({ line, part }) => `${line} ${part}`))];
    return places.map((place) => {
      const mine = edits.filter(({ line, part }) => `${line} ${part}` === place);
      return make("p", { class: "place" }, make("code", {}, placeOf(mine[0], edits)), ...mine.map((edit) => button(edit, edit.new)));
    });
  }

  /** @param {Edit} edit @param {string} words */
  function button(edit, words) {
    const where = edit.part === edit.place ? edit.place : `${edit.place}, ${edit.part}`;
    const name = `${t(/** @type {Key} */ (`edits.${edit.kind}`))}: ${where}, ${edit.new}`;
    const made = make("button", { type: "button", class: "quiet", title: edit.new, "aria-label": name }, make("code", {}, words));
    made.addEventListener("click", () => apply(edit));
    // After an edit the list is another under a pointer that rests, and the focus moves by itself: neither points at anything.
    made.addEventListener("pointermove", ({ movementX, movementY }) => (movementX || movementY) && light(atLine(edit.line)));
    made.addEventListener("focus", () => moved || light(atLine(edit.line)));
    for (const type of ["pointerleave", "blur"]) made.addEventListener(type, () => light(null));
    return made;
  }

  /** The marks that a line of the program makes. @param {number} line */
  function atLine(line) {
    const { view } = session;
    if (!view) return null;
    const ids = [...view.trace.nodes.values()].filter((node) => node.line === line).map(({ id }) => shownAs(view, id));
    const there = new Set(ids.filter((id) => id !== null));
    return there.size > 0 ? there : null;
  }

  /** @param {Edit} edit */
  async function apply(edit) {
    light(null);
    base = { program: session.program, sizes: session.sizes };
    await write(edit.program);
  }

  /** Programs to compare with: those of this session, the latest first, then the gallery's. */
  function choices() {
    const known = examples();
    const past = session.past.filter(({ program }) => program !== session.program).slice(0, MOST);
    const named = past.map((version, i) => {
      const example = known.find(({ program }) => program === version.program);
      return { version, past: true, name: example ? wordsOf(example).title : t("edits.earlier", { number: i + 1, line: firstNew(version.program) }) };
    });
    const others = known.filter(({ program }) => program !== session.program && !past.some((version) => version.program === program));
    return [...named, ...others.map((example) => ({ version: { program: example.program, sizes: {} }, past: false, name: wordsOf(example).title }))];
  }

  /** The first line of an earlier program that this one does not have. @param {string} program */
  function firstNew(program) {
    const now = new Set(session.program.split("\n"));
    return program.split("\n").find((line) => line.trim() !== "" && !now.has(line))?.trim() ?? t("edits.shorter");
  }

  function listVersions() {
    const all = choices().map((choice, i) => ({ ...choice, option: make("option", { value: String(i) }, choice.name) }));
    const group = (/** @type {boolean} */ past) => {
      const made = make("optgroup", { label: t(past ? "edits.session" : "gallery.title") });
      made.append(...all.filter((one) => one.past === past).map(({ option }) => option));
      return made;
    };
    earlier.replaceChildren(make("option", { value: "" }, t("edits.nothing")), ...[group(true), group(false)].filter((made) => made.childElementCount > 0));
    const at = all.findIndex(({ version }) => version.program === base?.program);
    earlier.value = at < 0 ? "" : String(at);
  }

  /** What differs between the chosen program and the one on show. */
  async function compare() {
    const mine = (turn += 1);
    const key = JSON.stringify([session.program, session.sizes, base]);
    back.hidden = base === null || !session.past.some(({ program }) => program === base?.program);
    if (base === null) {
      found = null;
      compared = "";
      summary.textContent = t("edits.hint");
      difference.replaceChildren();
      paint(null);
      return;
    }
    if (key !== compared) {
      const { program, sizes } = session;
      try {
        const answer = await api.ask("diff", { program, sizes, before: base.program, before_sizes: base.sizes });
        if (mine !== turn) return;
        found = answer;
        compared = key;
      } catch (error) {
        if (mine !== turn) return;
        found = null;
        summary.textContent = /** @type {Error} */ (error).message;
        difference.replaceChildren();
        paint(null);
        return;
      }
    }
    const { added, removed, changed, downstream } = found;
    const same = added.length + removed.length + changed.length === 0;
    summary.textContent = same
      ? t("edits.same")
      : t("edits.summary", { added: added.length, removed: removed.length, changed: changed.length, downstream: downstream.length });
    dress();
  }

  function dress() {
    const { view } = session;
    if (!looking || !found || !view || compared !== JSON.stringify([session.program, session.sizes, base])) return;
    drawDifference(difference, found, view, light);
    paint(paintDifference(view, found));
  }
}
