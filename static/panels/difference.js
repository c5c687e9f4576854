/**
 * What differs between two programs: the nodes by what became of them, and the equations of both passes side by side.
 *
 * @import {View} from "../types.js"
 * @import {Paint} from "../scene/annotate.js"
 */
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";
import { shownAs } from "../state/view.js";
import { make } from "../shared/dom.js";

/** @typedef {{ variable: string, before: string | null, after: string | null }} Row */

/**
 * New and changed marks; a closed scope is new where all in it is.
 *
 * @param {View} view
 * @param {any} found the API's answer
 * @returns {Paint}
 */
export function paintDifference(view, found) {
  const added = new Set(found.added);
  const changed = new Set(found.changed.map((/** @type {any} */ { after }) => after));
  /** @type {Map<string, boolean[]>} */
  const inside = new Map();
  for (const id of view.trace.nodes.keys()) {
    const shown = shownAs(view, id);
    if (shown !== null) inside.set(shown, [...(inside.get(shown) ?? []), added.has(id)]);
  }
  const nodes = new Map();
  for (const id of [...changed, ...added]) {
    const shown = shownAs(view, String(id));
    if (shown === null) continue;
    const whole = inside.get(shown)?.every(Boolean) ?? false;
    const [tint, sign] = whole ? ["added", "+"] : ["changed", "\u2260"];
    nodes.set(shown, { tint, sign, words: t(whole ? "edits.added" : "edits.changed") });
  }
  return { nodes, edges: new Map() };
}

/**
 * @param {HTMLElement} host
 * @param {any} found
 * @param {View} view
 * @param {(ids: Set<string> | null) => void} light
 */
export function drawDifference(host, found, view, light) {
  const groups = /** @type {const} */ ([
    ["added", found.added],
    ["changed", found.changed.map((/** @type {any} */ one) => one.after)],
    ["removed", found.removed],
    ["downstream", found.downstream],
  ]);
  const lists = groups.filter(([, ids]) => ids.length > 0).map(([name, ids]) => {
    const reasons = name === "changed" ? found.changed : [];
    const row = make("li", { "data-group": name, tabIndex: 0 }, make("strong", {}, t(`edits.${name}`)), " ");
    row.append(...ids.slice(0, 24).flatMap((/** @type {string} */ id, /** @type {number} */ i) => named(id, reasons[i]?.reasons)));
    if (ids.length > 24) row.append("\u2026");
    point(row, ids);
    return row;
  });
  host.replaceChildren(make("ul", { class: "groups" }, ...lists), ...beside("forward", found.forward), ...beside("backward", found.backward));

  /** @param {string} id @param {string[]} [reasons] */
  function named(id, reasons) {
    const node = view.trace.nodes.get(id);
    const sign = make("span", { class: "node-name", title: id });
    if (node?.kind === "variable") setMath(sign, node.latex);
    else sign.append(make("code", {}, id.split(":")[0]));
    if (reasons) sign.append(make("small", {}, reasons.map((reason) => t(/** @type {any} */ (`edits.reason.${reason}`))).join(t("step.comma"))));
    return [sign, " "];
  }

  /** @param {"forward" | "backward"} phase @param {Row[]} rows */
  function beside(phase, rows) {
    if (rows.length === 0) return [];
    const head = make("tr", {}, make("th", { scope: "col" }, t("edits.before")), make("th", { scope: "col" }, t("edits.after")));
    const table = make("table", { class: `beside ${phase}` }, make("caption", {}, t(`edits.${phase}`, { count: rows.length })), make("thead", {}, head));
    const body = make("tbody", {});
    for (const { variable, before, after } of rows) {
      const row = make("tr", { "data-variable": variable }, cell(before, "before"), cell(after, before === null ? "after new" : "after"));
      point(row, [variable]);
      body.append(row);
    }
    table.append(body);
    return [make("div", { class: "beside-frame", role: "region", tabIndex: 0, "aria-label": t(`edits.${phase}`, { count: rows.length }) }, table)];
  }

  /** @param {HTMLElement} row @param {string[]} ids */
  function point(row, ids) {
    const shown = new Set(ids.map((id) => shownAs(view, id)).filter((id) => id !== null));
    if (shown.size === 0) return;
    for (const type of ["pointerenter", "focus"]) row.addEventListener(type, () => light(shown));
    for (const type of ["pointerleave", "blur"]) row.addEventListener(type, () => light(null));
  }
}

/** @param {string | null} latex @param {string} name */
function cell(latex, name) {
  const made = make("td", { class: name });
  if (latex === null) made.append(make("span", { class: "none" }, t("edits.none")));
  else setMath(made, latex);
  return made;
}
