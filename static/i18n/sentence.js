/**
 * What a step does, in one plain sentence. The server writes it in the page's language; a page that was recorded, and may
 * be read in another, writes it from the step's message.
 *
 * @import {Step} from "../types.js"
 */
import { hasMessage, t } from "./strings.js";

/**
 * @param {Step} step
 * @returns {string}
 */
export function sentence({ message, text }) {
  return message && hasMessage(message.code) ? t(message.code, message.parameters) : text;
}
