/**
 * The text of a tour: a heading `## Title` for each stop, lines `key: text` below it, then its caption in Markdown. A
 * question in between is a fence `question`. engine/teaching/tour.py reads the same text.
 *
 * @typedef {object} Stop
 * @property {string} title
 * @property {string} at the moment, by name; empty where the graph stays where it is
 * @property {string[]} marks ids that stand out; everything without any
 * @property {string} paths from which variable all paths to the target stand out
 * @property {string[]} open scopes that are open
 * @property {string} hide numbers that are not shown
 * @property {string} text the caption, in Markdown
 * @property {string} question
 */

const KEYS = ["at", "marks", "paths", "open", "hide"];
const KEY = new RegExp(`^(${KEYS.join("|")})\\s*[:\uff1a]\\s*(.*?)\\s*$`);
const FENCE = /^(```+|~~~+)[ \t]*question[ \t]*\n([\s\S]*?)^\1[ \t]*$/m;

/** @param {string} text @returns {{ title: string, stops: Stop[] }} */
export function readTour(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const title = /^#\s+(.*)$/.exec(lines.find((line) => line.trim()) ?? "")?.[1].trim() ?? "";
  const parts = lines.join("\n").split(/^##\s+(.*)$/m);
  /** @type {Stop[]} */
  const stops = [];
  for (let i = 1; i < parts.length; i += 2) stops.push(stopOf(parts[i].trim(), parts[i + 1]));
  return { title, stops };
}

/** @param {string} title @param {string} body @returns {Stop} */
function stopOf(title, body) {
  /** @type {Record<string, string>} */
  const given = {};
  const lines = body.split("\n");
  while (lines.length > 0) {
    const found = KEY.exec(lines[0]);
    if (!found && lines[0].trim()) break;
    lines.shift();
    if (found) given[found[1]] = found[2];
  }
  let text = lines.join("\n");
  const fence = FENCE.exec(text);
  if (fence) text = text.replace(FENCE, "");
  const list = (/** @type {string | undefined} */ names) => (names ?? "").split(/[\s,]+/).filter(Boolean);
  return {
    title,
    at: given.at ?? "",
    marks: list(given.marks),
    paths: given.paths ?? "",
    open: list(given.open),
    hide: given.hide ?? "",
    text: text.trim(),
    question: fence?.[2].trim() ?? "",
  };
}
