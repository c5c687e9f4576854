/** Puts structures and runs together as the page does: reads `{structure, values, digits, scientific}`, writes traces. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRuns } from "../../../static/runtime/runs.js";

const [from, to] = process.argv.slice(2);
const traces = JSON.parse(readFileSync(from, "utf8")).map((/** @type {any} */ { structure, values, ...writing }) => createRuns(structure).trace(values, writing));
writeFileSync(to, JSON.stringify(traces));
