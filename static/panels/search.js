/**
 * Finds marks by name, symbol, role, shape or operator, also inside closed scopes; marks all of them in the picture, and
 * goes to the one that is chosen.
 *
 * @import {Trace} from "../types.js"
 */
import { make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";
import { sentence } from "../i18n/sentence.js";
import { operatorPhrases, spokenNames } from "../i18n/spoken.js";
import { kindName, roleName, t } from "../i18n/strings.js";
import { formatShape } from "../shared/tensor.js";

const MOST = 50;

/**
 * @typedef {object} Found
 * @property {string} id
 * @property {string} latex what the mark shows
 * @property {string} text what it is
 */

/**
 * @param {Trace} trace
 * @param {string} words
 * @returns {Found[]} the best first: names that are the words, begin with them, hold them
 */
export function search(trace, words) {
  const typed = words.trim().toLowerCase();
  if (typed === "") return [];
  const spelled = typed.replace(/[\u03b1-\u03c9]/g, (letter) => GREEK[letter.charCodeAt(0) - 0x3b1]);
  /** @type {{ found: Found, rank: number }[]} */
  const hits = [];
  /** @param {Found} found @param {string[]} names */
  const consider = (found, names) => {
    const ranks = names.flatMap((name) => [typed, spelled].map((wanted) => rank(name.toLowerCase(), wanted))).filter((at) => at >= 0);
    if (ranks.length > 0) hits.push({ found, rank: Math.min(...ranks) });
  };
  const names = spokenNames(trace);
  const phrases = operatorPhrases(trace);
  for (const { id, symbol, kind, name, forward } of trace.scopes.values()) {
    const text = kind === "operator" && forward.length === 1 ? sentence(forward[0]) : `${kindName(kind)} ${name}`;
    consider({ id, latex: symbol, text }, [id, name]);
  }
  for (const node of trace.nodes.values()) {
    if (node.kind === "variable") {
      const { id, role, shape, latex, named } = node;
      const kind = t("inspector.link", { role: roleName(role), shape: formatShape(shape) });
      consider({ id, latex, text: named ? `${id}: ${kind}` : kind }, [id, names.get(id) ?? id, role, roleName(role), ...written(shape), plain(latex)]);
    } else {
      const signs = Object.entries(SIGNS).flatMap(([sign, ops]) => (ops.includes(node.op) ? [sign] : []));
      consider({ id: node.id, latex: node.symbol, text: phrases.get(node.id) ?? node.op }, [node.op, node.id, ...signs, plain(node.symbol), "operator", kindName("operator")]);
    }
  }
  return hits.sort((a, b) => a.rank - b.rank).map(({ found }) => found);
}

/** The letters from alpha to omega, as LaTeX spells them. */
const GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega".split(" ");

/** Operators by the signs that programs write them with. @type {Record<string, string[]>} */
const SIGNS = {
  "@": ["matmul"], "+": ["add"], "-": ["subtract", "negative"], "\u2212": ["subtract", "negative"], "*": ["multiply"], "\u00d7": ["multiply", "matmul"], "\u00b7": ["multiply"],
  "\u2299": ["multiply"], "/": ["divide"], "\u00f7": ["divide"], "**": ["power"], "^": ["power"], ">": ["greater"], "<": ["less"], ">=": ["greater_equal"], "<=": ["less_equal"],
  "==": ["equal"], "[]": ["index", "getitem", "gather"], "\u03a3": ["sum"], "\u2211": ["sum"], "\u03c3": ["sigmoid"], "||": ["norm"],
};

/** The ways in which a shape may be written. @param {number[]} shape */
function written(shape) {
  if (shape.length === 0) return ["scalar", "()", "[]", formatShape(shape)];
  return ["x", "\u00d7", ",", ", "].map((sign) => shape.join(sign)).flatMap((text) => [text, `[${text}]`, `(${text})`]);
}

/** A symbol as somebody would type it: without what only LaTeX needs. @param {string} latex */
function plain(latex) {
  const greek = latex.replace(/\\(mathbf|mathrm|boldsymbol|operatorname|mathsf|text)\s*/g, "").replace(/\\left|\\right/g, "");
  return greek.replace(/\\([A-Za-z]+)/g, "$1").replace(/[{}^_()\s]/g, "").replace(/cdot/g, "");
}

/** @param {string} name @param {string} wanted */
function rank(name, wanted) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  return name.includes(wanted) ? 2 : -1;
}

/**
 * @param {HTMLElement} stage
 * @param {{ trace: () => Trace | null, onChoose: (id: string) => void, onFind?: (ids: string[]) => void }} options `onFind`: these
 *   are to be marked; none of them when the search is over
 */
export function createSearch(stage, { trace, onChoose, onFind = () => {} }) {
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
    onFind(found.map(({ id }) => id));
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
    const opens = /** @type {ToggleEvent} */ (event).newState === "open";
    onFind(opens ? found.map(({ id }) => id) : []);
    if (opens) return;
    if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
  });

  /** @param {Found} hit @param {number} i */
  function entry(hit, i) {
    const symbol = make("span", { class: "symbol", "aria-hidden": "true" });
    setMath(symbol, hit.latex);
    const item = make("li", { id: `search-${i}`, role: "option" }, symbol, make("span", {}, hit.text));
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
