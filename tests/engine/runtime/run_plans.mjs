/** Runs plans with the page's kernels: reads a JSON file of `{plan, values}`, writes the arrays of each as JSON. */
import { readFileSync, writeFileSync } from "node:fs";
import { compilePlan } from "../../../static/runtime/plan.js";

const [from, to] = process.argv.slice(2);
const plain = (/** @type {any} */ { data, shape }) => ({ shape, data: Array.from(data, (/** @type {number} */ x) => (Number.isFinite(x) ? x : String(x))) });

const answers = JSON.parse(readFileSync(from, "utf8")).map((/** @type {any} */ { plan, values }) => {
  try {
    const { values: found, gradients, contributions } = compilePlan(plan).run(values);
    const named = (/** @type {any} */ arrays) => Object.fromEntries(Object.entries(arrays).map(([name, one]) => [name, plain(one)]));
    return { values: named(found), gradients: named(gradients), contributions: contributions.map(plain) };
  } catch (error) {
    return { error: String(error) };
  }
});
writeFileSync(to, JSON.stringify(answers));
