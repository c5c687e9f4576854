/**
 * The catalogues as Node reads them, for tests and tools. The build puts a module of its own in the place of this one,
 * with the same exports and the messages parsed: see `messages` in static/embed/plugins.mjs.
 */
import { readdir, readFile } from "node:fs/promises";
import { FluentResource } from "@fluent/bundle";

const folder = new URL("../../engine/messages/", import.meta.url);
const named = (await readdir(folder)).filter((name) => name.endsWith(".ftl")).map((name) => name.slice(0, -4));

/** @param {string} language */
const read = async (language) => new FluentResource(await readFile(new URL(`${language}.ftl`, folder), "utf8"));

/** Every language in its own words. @type {Readonly<Record<string, string>>} */
export const languages = Object.fromEntries(
  await Promise.all(named.map(async (name) => [name, String((await read(name)).body.find(({ id }) => id === "language-name")?.value ?? name)])),
);

/** The language that has every message. */
export const english = await read("en");

/** The messages of a language. @type {(language: string) => Promise<FluentResource>} */
export const load = read;

/** The messages of parts that come later, where they are apart: here `load` has them all. @type {(language: string) => Promise<FluentResource | null>} */
export const loadLater = async () => null;
