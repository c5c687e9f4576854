/**
 * Finds marks by name or operator, also inside closed scopes, and goes to the one that is chosen.
 *
 * @import {Trace} from "../types.js"
 */
import { make } from "../shared/dom.js";
import { kindName, roleName, t } from "../i18n/strings.js";

const MOST = 50;

/**
 * @typedef {object} Found
 * @property {string} id
 * @property {string} name
 * @property {string} kind
 */

/**
 * @param {Trace} trace
 * @param {string} words
 * @returns {Found[]} the best first: names that are the words, begin with them, hold them
 */
export function search(trace, words) {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [];
  /** @type {{ found: Found, rank: number }[]} */
  const hits = [];
  /** @param {Found} found @param {string[]} names */
  const consider = (found, names) => {
    const ranks = names.map((name) => rank(name.toLowerCase(), wanted)).filter((at) => at >= 0);
    if (ranks.length > 0) hits.push({ found, rank: Math.min(...ranks) });
  };
  for (const scope of trace.scopes.values()) consider({ id: scope.id, name: scope.id, kind: kindName(scope.kind) }, [scope.id, scope.name]);
  for (const node of trace.nodes.values()) {
    if (node.kind === "variable") consider({ id: node.id, name: node.id, kind: roleName(node.role) }, [node.id]);
    else consider({ id: node.id, name: node.op, kind: node.id.split(":")[1] ?? "" }, [node.op, node.id]);
  }
  return hits.sort((a, b) => a.rank - b.rank).map(({ found }) => found);
}

/** @param {string} name @param {string} wanted */
function rank(name, wanted) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  return name.includes(wanted) ? 2 : -1;
}

/**
 * @param {HTMLElement} stage
 * @param {{ trace: () => Trace | null, onChoose: (id: string) => void }} options
 */
export function createSearch(stage, { trace, onChoose }) {
  const input = make("input", {
    type: "search",
    placeholder: t("search.placeholder"),
    autocomplete: "off",
    role: "combobox",
    "aria-label": t("search.label"),
    "aria-autocomplete": "list",
    "aria-controls": "search-results",
    "aria-expanded": "false",
  });
  const list = make("ul", { id: "search-results", role: "listbox", "aria-label": t("search.label"), hidden: true });
  const count = make("p", { class: "note", role: "status" });
  const box = make("div", { class: "search", popover: "auto" }, input, list, count);
  stage.append(box);
  /** @type {Found[]} */
  let found = [];
  let active = 0;
  /** @type {Element | null} */
  let before = null;

  input.addEventListener("input", () => {
    const known = trace();
    found = known ? search(known, input.value) : [];
    active = 0;
    count.textContent = input.value.trim() === "" ? "" : found.length === 0 ? t("search.none") : t(found.length > MOST ? "search.part" : "search.count", { count: found.length, shown: MOST });
    list.replaceChildren(...found.slice(0, MOST).map(entry));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark();
  });
  input.addEventListener("keydown", (event) => {
    const last = Math.min(found.length, MOST) - 1;
    if (event.key === "ArrowDown") active = Math.min(last, active + 1);
    else if (event.key === "ArrowUp") active = Math.max(0, active - 1);
    else if (event.key === "Enter" && found[active]) return choose(found[active].id);
    else return;
    event.preventDefault();
    mark();
  });
  box.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "open") return;
    if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
  });

  /** @param {Found} hit @param {number} i */
  function entry(hit, i) {
    const item = make("li", { id: `search-${i}`, role: "option" }, make("code", {}, hit.name), make("span", {}, hit.kind));
    item.addEventListener("click", () => choose(hit.id));
    return item;
  }

  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    const item = list.children[active];
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
    else input.removeAttribute("aria-activedescendant");
  }

  /** @param {string} id */
  function choose(id) {
    box.hidePopover();
    onChoose(id);
  }

  return {
    open() {
      before = document.activeElement;
      box.showPopover();
      // At once, so that what is typed straight after arrives here.
      input.focus();
      input.select();
    },
  };
}
