/** What each operator does, in the page's language; the registry says it in English. */
import { language } from "./strings.js";

/**
 * @template {{ name: string, doc: string }} T
 * @param {T[]} operators as the registry describes them
 * @returns {Promise<T[]>}
 */
export async function inWords(operators) {
  if (language !== "zh") return operators;
  const words = /** @type {Record<string, string>} */ ((await import("./zh-operators.js")).operators);
  return operators.map((operator) => ({ ...operator, doc: words[operator.name] ? `${words[operator.name]}。` : operator.doc }));
}
