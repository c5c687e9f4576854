/**
 * What the page brings along, so that its first picture waits for no answer: the first example, and its trace as
 * the server would answer it.
 *
 * @import {Example, TraceBody} from "../types.js"
 */

/** @typedef {{ example: Example, trace: TraceBody }} Given */

/** @returns {Given | null} null where the page brings nothing */
export function readGiven() {
  const text = document.getElementById("given")?.textContent;
  return text ? JSON.parse(text) : null;
}
