/**
 * The address of a picture: program, values, open scopes, moment, and what is set in the lab's panels, in the URL's
 * fragment, which never leaves the browser. Text and numbers are deflated, so that a link stays short enough to send.
 *
 * @import {NestedTensor} from "../types.js"
 * @import {Settings} from "../panels/settings.js"
 */

/**
 * @typedef {object} Place
 * @property {string} [example] name of an example, where the program is one
 * @property {string} [program] the program's text, where it is no example
 * @property {Record<string, NestedTensor>} [values] numbers that replace the drawn ones
 * @property {Record<string, number>} [sizes] numbers other than the program's own for sizes that it names
 * @property {string} [weights] the name of stored arrays
 * @property {import("../types.js").TraceRequest["dtype"]} [dtype] the precision, where it is another than float64
 * @property {boolean} [training] the mode, where it is not as the program says
 * @property {string} [target] what is differentiated, where that is not the program's last scalar
 * @property {number} [moment]
 * @property {string[]} [open] ids of open scopes; without it, those that are open at first
 * @property {string} [select] the id of what the inspector shows
 * @property {{ x: number, y: number, k: number }} [camera] what is in the middle of the window, as parts of the picture, and its scale
 * @property {Record<string, [number, number]>} [moves] how far marks were moved by hand, in the drawing's pixels
 * @property {string} [look] how arrows are drawn
 * @property {string} [panel] the lab's panel that is open
 * @property {Record<string, Settings>} [settings] of the lab's panels, where they are other than proposed
 * @property {Record<string, any>} [step] the training step that is opened: the request that tells it, without the program
 * @property {number} [tour] the stop of the guided tour, from 1
 */

/** A picture is not looked at from farther away than so many times its size. */
const FARTHEST = 10;

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
  if (place.weights) parts.set("weights", place.weights);
  if (place.dtype) parts.set("dtype", place.dtype);
  if (place.training !== undefined) parts.set("mode", place.training ? "training" : "evaluation");
  if (place.open) parts.set("open", place.open.join(","));
  if (place.target) parts.set("target", place.target);
  if (place.moment) parts.set("moment", String(place.moment));
  if (place.select) parts.set("select", place.select);
  if (place.camera) parts.set("camera", [place.camera.x, place.camera.y, place.camera.k].map(short).join(","));
  if (place.moves && Object.keys(place.moves).length > 0) parts.set("moves", await deflate(JSON.stringify(place.moves)));
  if (place.look) parts.set("look", place.look);
  if (place.panel) parts.set("panel", place.panel);
  if (place.settings && Object.keys(place.settings).length > 0) parts.set("settings", await deflate(JSON.stringify(place.settings)));
  if (place.step) parts.set("step", await deflate(JSON.stringify(withoutParameters(place.step))));
  if (place.tour) parts.set("tour", String(place.tour));
  return parts.toString().replaceAll("%2C", ",");
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
  const [weights, dtype] = [parts.get("weights"), parts.get("dtype")];
  if (weights && /^sha256-[0-9a-f]{64}$/.test(weights)) place.weights = weights;
  if (dtype === "float32") place.dtype = dtype;
  const mode = parts.get("mode");
  if (mode === "training" || mode === "evaluation") place.training = mode === "training";
  const open = parts.get("open");
  if (open !== null) place.open = open === "" ? [] : open.split(",");
  const moment = Number(parts.get("moment"));
  if (Number.isInteger(moment) && moment > 0) place.moment = moment;
  const [select, look, panel, target] = ["select", "look", "panel", "target"].map((name) => parts.get(name));
  if (target) place.target = target;
  if (select) place.select = select;
  if (look) place.look = look;
  if (panel) place.panel = panel;
  const [x, y, k, ...more] = (parts.get("camera") ?? "").split(",").map((part) => (part === "" ? NaN : Number(part)));
  if ([x, y].every((part) => Math.abs(part) < FARTHEST) && k > 0 && more.length === 0) place.camera = { x, y, k };
  const moves = parseObject(await inflate(parts.get("moves")));
  if (moves && Object.values(moves).every(isPair)) place.moves = /** @type {Record<string, [number, number]>} */ (moves);
  const settings = parseObject(await inflate(parts.get("settings")));
  if (settings && Object.values(settings).every(isSettings)) place.settings = /** @type {Record<string, any>} */ (settings);
  const packed = parseObject(await inflate(parts.get("step")));
  const step = packed && withParameters(packed, place.values ?? {});
  if (step) place.step = step;
  const tour = Number(parts.get("tour"));
  if (Number.isInteger(tour) && tour > 0) place.tour = tour;
  return place;
}

/** To three digits, as a person's hand is no surer. @param {number} number */
const short = (number) => String(Number(number.toPrecision(3)));

/** @param {unknown} found */
function isPair(found) {
  return Array.isArray(found) && found.length === 2 && found.every((part) => Number.isFinite(part));
}

/** @param {unknown} found */
function isSettings(found) {
  return typeof found === "object" && found !== null && Object.values(found).every((text) => typeof text === "string");
}

/** A step without what stands among the values already: the parameters that it starts from. @param {Record<string, any>} step */
function withoutParameters({ state, ...step }) {
  return state ? { ...step, state: { ...state, parameters: Object.keys(state.parameters) } } : step;
}

/** @param {Record<string, any>} step @param {Record<string, NestedTensor>} values @returns {Record<string, any> | null} null where one is missing */
function withParameters({ state, ...step }, values) {
  if (!state) return step;
  const names = Array.isArray(state.parameters) ? state.parameters.map(String) : [];
  if (!names.every((/** @type {string} */ name) => Object.hasOwn(values, name))) return null;
  return { ...step, state: { ...state, parameters: Object.fromEntries(names.map((/** @type {string} */ name) => [name, values[name]])) } };
}

/** @param {string} text */
async function deflate(text) {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** A text that was deflated for an address; null where it is none. @param {string | null} packed */
export async function inflate(packed) {
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
