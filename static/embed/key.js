/**
 * Judging without a server: by the published key of a question, which holds hashes of answers and never an answer
 * (engine/teaching/key.py says how it is made, and how far this goes).
 *
 * @import {Read} from "./response.js"
 */

/**
 * @typedef {object} Case
 * @property {string[][]} hashes
 * @property {string[]} said enciphered by the answer
 * @property {number[]} [shape]
 * @property {string[]} [steps] distances between places of the grid, by entry
 */

/** @typedef {{ salt: string, rounds: number, fine: number, cases: Case[] }} Key */
/** @typedef {{ code: string, parameters: Record<string, any> } | { text: string }} Said */
/** @typedef {{ correct: boolean, misconception: string | null, messages: Said[], place: string[], own?: boolean, entries?: boolean[] | null }} Verdict */

/** Whether this page has what hashes are made with: pages by https, of this machine, and from disk. */
export const canJudge = () => globalThis.crypto?.subtle !== undefined;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/**
 * @param {Key} key
 * @param {Read} response
 * @returns {Promise<Verdict>}
 */
export async function judge(key, response) {
  const hash = hasher(key);
  /** @type {boolean[] | null} */
  let entries = null;
  for (const [number, one] of key.cases.entries()) {
    const found = "numbers" in response ? await matchNumbers(key, one, response, hash, number === 0) : await matchText(one, response, hash);
    if (number === 0 && found && "entries" in found) entries = found.entries;
    if (found?.secret) return { ...(await deciphered(one.said[found.which], found.secret)), entries: number === 0 ? null : entries };
  }
  return { correct: false, misconception: null, messages: [], place: [], entries };
}

/** @param {Case} one @param {{ text: string }} response @param {(text: string) => Promise<Uint8Array>} hash */
async function matchText(one, { text }, hash) {
  if (one.shape) return null;
  const made = await hash(text);
  const which = one.hashes[0].indexOf(base64(made.slice(0, 16)));
  return which < 0 ? null : { which, secret: made.slice(16) };
}

/**
 * @param {Key} key
 * @param {Case} one
 * @param {{ numbers: number[], shape: number[] }} response
 * @param {(text: string) => Promise<Uint8Array>} hash
 * @param {boolean} all whether each entry is judged, also after one that is wrong
 */
async function matchNumbers(key, one, { numbers, shape }, hash, all) {
  if (!one.shape || String(one.shape) !== String(shape)) return null;
  const secrets = [];
  const entries = [];
  for (const [at, given] of numbers.entries()) {
    const secret = await matchNumber(one.hashes[at][0], given, at, one.steps?.[at] ?? "1", key.fine, hash);
    entries.push(secret !== null);
    if (secret) secrets.push(secret);
    else if (!all) return null;
  }
  const secret = secrets.length === numbers.length ? Uint8Array.from(secrets.flatMap((part) => [...part])) : null;
  return { which: 0, secret, entries };
}

/**
 * The places of the grid within the tolerance of a number are tried, the nearest first.
 *
 * @param {string} published
 * @param {number} given
 * @param {number} at
 * @param {string} step
 * @param {number} fine
 * @param {(text: string) => Promise<Uint8Array>} hash
 */
async function matchNumber(published, given, at, step, fine, hash) {
  const middle = given / Number(step);
  const places = [];
  for (let place = Math.ceil(middle - fine - 1e-6); place <= Math.floor(middle + fine + 1e-6); place += 1) places.push(place);
  places.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  for (const place of places) {
    const made = await hash(`${at}|${step}|${place === 0 ? 0 : place}`);
    if (base64(made.slice(0, 16)) === published) return made.slice(16);
  }
  return null;
}

/** 48 bytes of a text: 16 to be compared, 32 to decipher by. @param {Key} key */
function hasher({ salt, rounds }) {
  /** @type {Map<string, Promise<Uint8Array>>} */
  const known = new Map();
  const bytes = bytesOf(salt);
  /** @param {string} text */
  const derive = async (text) => {
    const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(text), "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes, iterations: rounds }, material, 384));
  };
  return (/** @type {string} */ text) => {
    const made = known.get(text) ?? derive(text);
    known.set(text, made);
    return made;
  };
}

/** @param {string} said @param {Uint8Array} secret @returns {Promise<Verdict>} */
async function deciphered(said, secret) {
  const bytes = bytesOf(said);
  for (let block = 0; block * 32 < bytes.length; block += 1) {
    const input = new Uint8Array(secret.length + 4);
    input.set(secret);
    new DataView(input.buffer).setUint32(secret.length, block);
    const stream = new Uint8Array(await crypto.subtle.digest("SHA-256", input));
    for (let at = block * 32; at < Math.min(bytes.length, block * 32 + 32); at += 1) bytes[at] ^= stream[at - block * 32];
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Which set of numbers a learner has: the same as on the server. @param {string} learner @param {number} count */
export function variantOf(learner, count) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(learner.trim())) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ((crc ^ 0xffffffff) >>> 0) % count;
}
