/**
 * What the server has against a request, in Chinese. The server speaks English; a sentence that is known is told in
 * the page's own words, and one that is not is left as it is and said to be the server's.
 */
import { t } from "./strings.js";
import { errors, hints, words } from "./zh-errors.js";

/**
 * @param {string} message
 * @param {string} [hint]
 * @returns {{ message: string, hint: string, lang: string }} `lang` where something is left in English
 */
export function tellError(message, hint = "") {
  const told = translate(message, errors, words);
  const advice = hint && (translate(hint, hints, words) ?? hint);
  return { message: told ?? t("error.english", { message }), hint: advice, lang: told === null ? "en" : "" };
}

/**
 * @param {string} sentence
 * @param {Record<string, string>} known sentences with `{}` where the server fills something in, and what they say
 * @param {Record<string, string>} words that are filled in, and what they say
 * @returns {string | null} null where it is not known
 */
export function translate(sentence, known, words) {
  const [, operands, problem] = OPERANDS.exec(sentence) ?? [];
  if (problem) {
    const rest = translate(problem, known, words);
    return rest && `${shapes(operands, words).replaceAll(" is ", " 是 ").replaceAll(", ", "，")}：${rest}`;
  }
  for (const { pattern, told } of patternsOf(known)) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    let next = 0;
    const filled = found.slice(1).map((part) => words[part] ?? (SHAPES.test(part) ? shapes(part, words) : part));
    return told.replace(/\{(\d*)\}/g, (_, place) => filled[place === "" ? next++ : Number(place)]);
  }
  const [, place, inner] = /^(.+?): (.+)$/s.exec(sentence) ?? [];
  const rest = inner ? translate(inner, known, words) : null;
  return rest && `${place}：${rest}`;
}

/** What stands before an error of shapes: `W1 is 5x4, x is 3`. */
const OPERANDS = /^(\S+ is (?:\d[\dx]*|scalar)(?:, \S+ is (?:\d[\dx]*|scalar))*): (.+)$/s;
/** `5x4 and scalar` */
const SHAPES = /^(\d[\dx]*|scalar)( and (\d[\dx]*|scalar))*$/;

/** @param {string} text @param {Record<string, string>} words */
function shapes(text, words) {
  return text.replaceAll(" and ", " 与 ").replaceAll("scalar", words.scalar);
}

/** @type {WeakMap<object, { pattern: RegExp, told: string }[]>} */
const compiled = new WeakMap();

/** Those that say most themselves come first. @param {Record<string, string>} known */
function patternsOf(known) {
  const before = compiled.get(known);
  if (before) return before;
  const weight = (/** @type {string} */ english) => english.replaceAll("{}", "").length;
  const patterns = Object.entries(known)
    .sort(([a], [b]) => weight(b) - weight(a))
    .map(([english, told]) => ({ pattern: new RegExp(`^${english.split("{}").map(exact).join("(.*?)")}$`, "s"), told }));
  compiled.set(known, patterns);
  return patterns;
}

/** @param {string} text */
function exact(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
