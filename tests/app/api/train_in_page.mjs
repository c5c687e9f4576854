/** Trains with the page's kernels: reads a JSON file of `{plan, requests}`, writes the events of each run of requests as JSON. */
import { readFileSync, writeFileSync } from "node:fs";
import { createTrainer, isKnown } from "../../../static/runtime/training.js";

const [from, to] = process.argv.slice(2);
const found = [];
for (const { plan, requests } of JSON.parse(readFileSync(from, "utf8"))) {
  const trainer = createTrainer(plan, requests[0].seed ?? 0);
  /** @type {[string, any][]} */
  const events = [];
  let state = null;
  let left = null;
  for (const request of requests) {
    if (!isKnown(request)) throw new Error(`not known: ${Object.keys(request)}`);
    ({ left } = await trainer.train({ ...request, state }, (name, data) => events.push([name, data]), async () => {}));
    state = events.at(-1)?.[1].state ?? null;
  }
  found.push({ events, left });
}
writeFileSync(to, JSON.stringify(found));
