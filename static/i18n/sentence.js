/**
 * What a step does, in one plain sentence. The server writes it in the page's language; a page that was recorded, and may
 * be read in another, writes it from the step's message.
 *
 * @import {Step, Trace} from "../types.js"
 */
import { hasMessage, t } from "./strings.js";

/**
 * @param {Step} step
 * @returns {string}
 */
export function sentence({ message, text }) {
  return message && hasMessage(message.code) ? t(message.code, message.parameters) : text;
}

/**
 * What sentences call a variable: its name, or what its square shows where the program gives it none.
 *
 * @param {Trace | null | undefined} trace
 * @param {string} id
 */
export function spokenName(trace, id) {
  const step = trace?.steps.find(({ phase, outputs }) => phase === "forward" && outputs.includes(id));
  const name = step?.message?.parameters.outputs;
  return typeof name === "string" ? name : id;
}
