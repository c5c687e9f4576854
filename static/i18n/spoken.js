/**
 * What sentences call variables: a name of the program, or what the square shows where it gives none.
 *
 * @import {Trace} from "../types.js"
 */
import { sentence } from "./sentence.js";

/** @param {Trace} trace @returns {Map<string, string>} the names of all results, by id */
export function spokenNames(trace) {
  const names = new Map();
  for (const { phase, outputs, message } of trace.steps) {
    if (phase === "forward" && typeof message?.parameters.outputs === "string") names.set(outputs[0], message.parameters.outputs);
  }
  return names;
}

/** @param {Trace} trace @returns {Map<string, string>} what each operator does, by its id */
export function operatorPhrases(trace) {
  return new Map(trace.steps.flatMap((step) => (step.phase === "forward" && step.operator ? [[step.operator, sentence(step)]] : [])));
}

/** @param {Trace | null | undefined} trace @param {string} id */
export function spokenName(trace, id) {
  return (trace && spokenNames(trace).get(id)) ?? id;
}
