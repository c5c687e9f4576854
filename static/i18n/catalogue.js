/**
 * Messages as text. A message is a code and parameters; a catalogue, one Fluent file a language in engine/messages/, has
 * the text. The server writes its messages from the same files by the same rules.
 */
import { FluentBundle } from "@fluent/bundle";

/**
 * @typedef {{ code: string, parameters: Record<string, Parameter> }} Message
 * @typedef {string | number | boolean | Message | readonly unknown[]} Parameter
 */

/** @param {string} language @param {import("@fluent/bundle").FluentResource[]} resources the first that has a message counts */
export function createCatalogue(language, resources) {
  /** @type {FluentBundle[]} */
  const bundles = [];
  add(resources);

  /** @param {import("@fluent/bundle").FluentResource[]} more */
  function add(more) {
    for (const resource of more) {
      const bundle = new FluentBundle([language, "en"], { useIsolating: false });
      bundle.addResource(resource);
      bundles.push(bundle);
    }
  }

  /** @param {string} code */
  const find = (code) => bundles.find((bundle) => bundle.hasMessage(code));

  /** The text of a code; the code itself if no catalogue has it. @param {string} code @param {Record<string, Parameter>} [parameters] @returns {string} */
  function text(code, parameters = {}) {
    const bundle = find(code);
    const pattern = bundle?.getMessage(code)?.value;
    if (!bundle || pattern === null || pattern === undefined) return code;
    const filled = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, written(value)]));
    return bundle.formatPattern(pattern, filled, []);
  }

  /** A parameter as Fluent takes it: a list of whole numbers is a shape, any other a list of words. @param {unknown} value @returns {string | number} */
  function written(value) {
    if (typeof value === "number") return Number.isInteger(value) ? value : String(Number(value.toPrecision(6)));
    if (typeof value === "boolean") return value ? "True" : "False";
    if (Array.isArray(value)) {
      return value.every(Number.isInteger) ? `[${value.join(", ")}]` : value.map(written).join(text("list-separator"));
    }
    const { code, parameters } = /** @type {Message} */ (value ?? {});
    return code ? text(code, parameters) : String(value);
  }

  return { add, has: (/** @type {string} */ code) => find(code) !== undefined, text };
}
