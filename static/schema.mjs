/**
 * The types of what the API answers, from its OpenAPI document: `python docs/schema.py` gives it the document.
 */
import { stdin, stdout } from "node:process";
import { json } from "node:stream/consumers";
import { compile } from "json-schema-to-typescript";

/** What the page reads; whatever these are made of comes with them. */
const ROOTS = ["TraceResponse", "PictureResponse", "StructureResponse", "PlanResponse", "Example", "Summary", "TraceRequest"];
const HEAD = `/** What the API answers. Written from its OpenAPI document by \`make docs\`: change the schemas, not this file. */

import type { NestedTensor, Tensor } from "./types.js";
`;

/**
 * A schema as its type is to be read: arrays by their names, titles left out. What has a value by default is never
 * missing in an answer, and may be in a request.
 *
 * @param {any} schema
 * @returns {any}
 */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (schema === null || typeof schema !== "object") return schema;
  const { title, prefixItems, properties, ...rest } = schema;
  const tensor = tensorOf(schema);
  if (tensor) return { tsType: tensor, ...(schema.description && { description: schema.description }) };
  const kept = Object.entries(rest).filter(([key]) => key !== "default" && key !== "discriminator");
  const cleaned = Object.fromEntries(kept.map(([key, value]) => [key, plain(value)]));
  if (prefixItems) cleaned.items = plain(prefixItems);
  if (!properties) return cleaned;
  const given = Object.keys(properties).filter((name) => (properties[name].default ?? null) !== null);
  const named = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, plain(property)]));
  const isRequest = title?.endsWith("Request");
  return { ...cleaned, properties: named, required: [...new Set([...(schema.required ?? []), ...(isRequest ? [] : given)])] };
}

/** @param {any} schema @returns {string | null} */
function tensorOf({ anyOf = [] }) {
  const has = (/** @type {(one: any) => boolean} */ found) => anyOf.some(found);
  if (!has((one) => one.type === "array") || !has((one) => one.enum?.includes("NaN"))) return null;
  const type = has((one) => one.$ref?.endsWith("/Summary")) ? "Tensor" : "NestedTensor";
  return has((one) => one.type === "null") ? `${type} | null` : type;
}

const { components } = /** @type {any} */ (await json(stdin));
const definitions = JSON.parse(JSON.stringify(plain(components.schemas)).replaceAll("#/components/schemas/", "#/definitions/"));
const properties = Object.fromEntries(ROOTS.map((name) => [name, { $ref: `#/definitions/${name}` }]));
/** @type {import("json-schema-to-typescript").JSONSchema} */
const root = { type: "object", additionalProperties: false, properties, required: ROOTS, definitions };
const types = await compile(root, "Roots", { bannerComment: "", additionalProperties: false, style: { printWidth: 120 } });
const [, ...interfaces] = types.split(/^(?=(?:\/\*\*\n(?: \*.*\n)+)?export )/m);
stdout.write(`${HEAD}\n${interfaces.join("")}`);
