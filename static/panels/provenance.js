/**
 * Where the entry that is pointed at in the inspector comes from: its operands' entries in NumPy's notation, and marked in
 * the picture.
 *
 * @import {Of, Source, Way} from "../state/provenance.js"
 */
import { formatNumber } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { make } from "../shared/dom.js";

/** @typedef {(of: Of, id: string, entry: number) => Promise<Way[] | null>} Trace */
/** @typedef {Map<string, Partial<Record<Of, { shape: number[], marks: Uint8Array }>>>} Marks by the ids of squares */

/**
 * @param {{ id: string, of: Of, shape: number[], target: string, names: Map<string, string>, trace: Trace, onMarks: (marks: Marks | null) => void }} options
 *   `names`: what sentences call results
 */
export function provenance({ id, of, shape, target, names, trace, onMarks }) {
  const element = make("div", { class: "note", "data-part": "provenance", "aria-live": "polite" });
  let turn = 0;
  const called = (/** @type {string} */ variable) => names.get(variable) ?? variable;
  const name = (/** @type {Of} */ what, /** @type {string} */ variable) => (what === "value" ? closed(called(variable)) : `∂${called(target)}/∂${closed(called(variable))}`);

  return {
    element,
    /** @param {number[]} at the entry's place */
    async show(at) {
      const mine = (turn += 1);
      const entry = at.reduce((place, index, axis) => place * shape[axis] + index, 0);
      const ways = await trace(of, id, entry).catch(() => null);
      if (mine !== turn || !element.isConnected) return;
      const told = (ways ?? []).filter(({ sources }) => sources.length > 0);
      onMarks(marksOf(told));
      const whole = `${name(of, id)}${at.length > 0 ? `[${at.join(", ")}]` : ""}`;
      const list = (/** @type {Source[]} */ sources) => sources.map((one) => `${name(one.of, one.id)}${sliceOf(one)}`).join(t("step.comma"));
      element.replaceChildren(...linesOf(whole, told, list, called).map((line) => make("p", {}, line)));
    },
  };
}

/** An expression in parentheses, where something stands before or after it. @param {string} name */
const closed = (name) => (/^[\p{L}\p{M}\p{N}_.]+$|^[^ ]*\(.*\)$/u.test(name) ? name : `(${name})`);

/** @param {string} whole @param {Way[]} ways @param {(sources: Source[]) => string} list @param {(id: string) => string} called */
function linesOf(whole, ways, list, called) {
  if (ways.length === 0) return [];
  if (ways.length === 1) return [t("provenance.from", { entry: whole, sources: list(ways[0].sources) })];
  const parts = ways.map(({ through, amount, sources }) =>
    t("provenance.path", { through: called(through ?? ""), amount: amount === null ? "" : formatNumber(amount), sources: list(sources) }),
  );
  return [t("provenance.sum", { entry: whole, count: ways.length }), ...parts];
}

/** Which squares are marked, and where: what several ways read of one array together. @param {Way[]} ways @returns {Marks} */
function marksOf(ways) {
  /** @type {Marks} */
  const found = new Map();
  for (const { id, of, shape, marks } of ways.flatMap(({ sources }) => sources)) {
    if (!marks) continue;
    const known = found.get(id) ?? {};
    const before = known[of]?.marks;
    known[of] = { shape, marks: before ? marks.map((mark, i) => mark | before[i]) : marks };
    found.set(id, known);
  }
  return found;
}

/** The marked entries as an index, where they are a block: `[1, :]`; all of them: nothing. @param {Source} source */
export function sliceOf({ shape, marks }) {
  if (!marks) return "[…]";
  const count = marks.reduce((sum, mark) => sum + mark, 0);
  if (count === marks.length) return "";
  const [low, high] = [shape.map(() => Infinity), shape.map(() => -1)];
  marks.forEach((mark, place) => {
    if (!mark) return;
    for (let axis = shape.length - 1, rest = place; axis >= 0; rest = Math.floor(rest / shape[axis]), axis -= 1) {
      const index = rest % shape[axis];
      low[axis] = Math.min(low[axis], index);
      high[axis] = Math.max(high[axis], index);
    }
  });
  const block = shape.reduce((size, _, axis) => size * (high[axis] - low[axis] + 1), 1);
  if (block !== count) return `[${t("provenance.some", { count })}]`;
  const parts = shape.map((length, axis) => {
    if (high[axis] === low[axis]) return String(low[axis]);
    return high[axis] - low[axis] + 1 === length ? ":" : `${low[axis]}:${high[axis] + 1}`;
  });
  return `[${parts.join(", ")}]`;
}
