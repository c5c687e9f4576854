/** Draws what `numpy.random.default_rng` draws, for the seeds on the command line, as JSON. */
import { standardNormal } from "../../../static/runtime/normal.js";
import { createRandom } from "../../../static/runtime/random.js";

const many = (/** @type {number} */ count, /** @type {() => number} */ draw) => Array.from({ length: count }, draw);
const answers = JSON.parse(process.argv[2]).map((/** @type {any} */ seed) => {
  const made = () => createRandom(seed);
  const [a, b, c, d, e] = [made(), made(), made(), made(), made()];
  return {
    double: many(50, a.double),
    single: many(51, b.single),
    normal: many(4000, () => standardNormal(c)),
    small: many(50, () => d.integer(0, 7)),
    large: many(20, () => e.integer(0, 2 ** 40)),
    uniform: many(20, () => a.uniform(-2, 3)),
  };
});
process.stdout.write(JSON.stringify(answers));
