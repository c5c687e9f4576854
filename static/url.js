/**
 * The address of a picture: program, values, open scopes and moment in the URL's fragment, which never leaves
 * the browser. Text and values are deflated, so that a link stays short enough to send.
 *
 * @import {NestedTensor} from "./types.js"
 */

/**
 * @typedef {object} Place
 * @property {string} [example] name of an example, where the program is one
 * @property {string} [program] the program's text, where it is no example
 * @property {Record<string, NestedTensor>} [values] numbers that replace the drawn ones
 * @property {Record<string, number>} [sizes] numbers other than the program's own for sizes that it names
 * @property {number} [moment]
 * @property {string[]} [open] ids of open scopes; without it, those that are open at first
 * @property {string} [panel] the lab's panel that is open
 * @property {number} [tour] the stop of the guided tour, from 1
 */

/**
 * @param {Place} place
 * @returns {Promise<string>} a fragment, without the hash sign; empty for an empty place
 */
export async function encodePlace(place) {
  const parts = new URLSearchParams();
  if (place.example) parts.set("example", place.example);
  else if (place.program) parts.set("program", await deflate(place.program));
  if (place.values && Object.keys(place.values).length > 0) {
    parts.set("values", await deflate(JSON.stringify(place.values)));
  }
  if (place.sizes && Object.keys(place.sizes).length > 0) parts.set("sizes", JSON.stringify(place.sizes));
  if (place.open) parts.set("open", place.open.join(","));
  if (place.moment) parts.set("moment", String(place.moment));
  if (place.panel) parts.set("panel", place.panel);
  if (place.tour) parts.set("tour", String(place.tour));
  return parts.toString();
}

/**
 * Reads a fragment; a part that is damaged is left out.
 *
 * @param {string} fragment with or without the hash sign
 * @returns {Promise<Place>}
 */
export async function decodePlace(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  /** @type {Place} */
  const place = {};
  const example = parts.get("example");
  if (example) place.example = example;
  const program = await inflate(parts.get("program"));
  if (program !== null) place.program = program;
  const values = parseObject(await inflate(parts.get("values")));
  if (values) place.values = values;
  const sizes = parseObject(parts.get("sizes"));
  if (sizes) place.sizes = /** @type {Record<string, number>} */ (sizes);
  const open = parts.get("open");
  if (open !== null) place.open = open === "" ? [] : open.split(",");
  const moment = Number(parts.get("moment"));
  if (Number.isInteger(moment) && moment > 0) place.moment = moment;
  const panel = parts.get("panel");
  if (panel) place.panel = panel;
  const tour = Number(parts.get("tour"));
  if (Number.isInteger(tour) && tour > 0) place.tour = tour;
  return place;
}

/** @param {string} text */
async function deflate(text) {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string | null} packed */
async function inflate(packed) {
  if (packed === null) return null;
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionStream | DecompressionStream} stream
 */
async function through(bytes, stream) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/**
 * @param {string | null} text
 * @returns {Record<string, NestedTensor> | null}
 */
function parseObject(text) {
  if (text === null) return null;
  try {
    const parsed = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
