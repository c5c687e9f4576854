/**
 * The frames of a notebook's outputs. What plays is one page, packed and in parts, that outputs share: it comes with the
 * first of them, and each holds what stands in that page for its own graph.
 */

/** Where an output's own part of the page goes. */
const PLACE = "<!--here-->";
const LANGUAGE = '<html lang="en">';

/** @typedef {{ source: string, event: string } & Record<string, unknown>} Said */

/** Pages by name, in parts. @type {Record<string, string[]>} */
const players = (/** @type {{ tidegraphPlayers?: Record<string, string[]> }} */ (globalThis).tidegraphPlayers ??= {});
/** @type {Map<string, Promise<string>>} */
const pages = new Map();

/** Keeps the parts of a page for all outputs. @param {string} name @param {string[]} parts */
export function keepPlayer(name, parts) {
  players[name] ??= parts;
}

/** Whether the page of this name is there, all of it. @param {string} name */
export const hasPlayer = (name) => name in players && !players[name].includes(/** @type {any} */ (undefined));

/** @param {string} packed base64 of deflated text */
function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

/**
 * A frame in which the page of this name plays what an output holds.
 *
 * @param {string} name
 * @param {{ body: string, title: string, language: string }} output `body` packed
 */
export async function frameOf(name, { body, title, language }) {
  if (!pages.has(name)) pages.set(name, unpack(players[name].join("")));
  const [page, own] = await Promise.all([/** @type {Promise<string>} */ (pages.get(name)), unpack(body)]);
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.srcdoc = page.replace(LANGUAGE, `<html lang="${language}">`).replace(PLACE, () => own);
  return frame;
}
