/**
 * What a learner types, read by the same rules as on the server (engine/teaching/answers.py).
 *
 * @typedef {{ type: string, shape: number[], choices: { id: string, text: string, latex: string }[] }} Form
 * @typedef {{ numbers: number[], shape: number[] } | { text: string }} Read
 */

/** A response that cannot be read; the message is `question-unreadable`. */
export class Unreadable extends Error {
  /** @param {string} given */
  constructor(given) {
    super(given);
    this.given = given;
  }
}

/** @param {string} text */
const plain = (text) => text.normalize("NFKC").replace(/[\u2212\u2013]/g, "-").replace(/\u00d7/g, "x").replace(/\uff0c/g, ",").replace(/\uff1b/g, ";").trim();

/** @param {Form} form @param {string | string[]} given one text, or a text for each entry of an array @returns {Read} */
export function read(form, given) {
  if (Array.isArray(given)) return { numbers: given.map(number), shape: form.shape };
  const text = plain(given);
  switch (form.type) {
    case "number":
      return { numbers: [number(text)], shape: [] };
    case "whole": {
      const value = number(text);
      if (!Number.isInteger(value)) throw new Unreadable(given);
      return { text: String(value) };
    }
    case "shape":
      return { text: shape(text) };
    default:
      return { text };
  }
}

/** A shape as `5,4`. @param {string} text */
function shape(text) {
  if (/^(scalar|number|标量|一个数|\[\s*\]|\(\s*\))$/i.test(text)) return "";
  const parts = text.replace(/^[[(]|[\])]$/g, "").split(/[\s,x*;]+/i).filter(Boolean);
  if (parts.length === 0 || parts.some((part) => !/^\d+$/.test(part))) throw new Unreadable(text);
  return parts.map(Number).join(",");
}

/** A number, also as a sum, product, fraction or power of numbers. @param {string} given */
export function number(given) {
  const text = plain(given).replace(/\*\*/g, "^");
  const tokens = text.match(/\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|[-+*/^()]|\S/gi) ?? [];
  let at = 0;

  const sum = () => {
    let left = product();
    while (tokens[at] === "+" || tokens[at] === "-") left = tokens[at++] === "+" ? left + product() : left - product();
    return left;
  };
  const product = () => {
    let left = signed();
    while (tokens[at] === "*" || tokens[at] === "/") left = tokens[at++] === "*" ? left * signed() : left / signed();
    return left;
  };
  /** @returns {number} */
  const signed = () => {
    if (tokens[at] === "-" || tokens[at] === "+") return tokens[at++] === "-" ? -signed() : signed();
    const base = atom();
    if (tokens[at] !== "^") return base;
    at += 1;
    return base ** signed();
  };
  /** @returns {number} */
  const atom = () => {
    const token = tokens[at++];
    if (token === "(") {
      const inside = sum();
      if (tokens[at++] !== ")") throw new Unreadable(given);
      return inside;
    }
    if (token === undefined || !/^[\d.]/.test(token)) throw new Unreadable(given);
    return Number(token);
  };
  const found = sum();
  if (at !== tokens.length || !Number.isFinite(found)) throw new Unreadable(given);
  return found;
}
