/**
 * Exercise 5: a graph that is too large for one device, split by `/api/v1/partition`; every claim about the split is
 * held against what it answers.
 *
 * @import {Lab, Question} from "./exercises.js"
 */
import { formatCount } from "../../i18n/format.js";
import { find, say } from "./messages.js";

const MOST = 8;
const KILO = 1000;

/** @param {Lab} lab @returns {Record<string, Question>} */
export function devices({ api, examples, part }) {
  const { program } = examples.wide;
  const split = (/** @type {object} */ wish) => api.ask("partition", { program, devices: MOST, ...wish });
  split({}).then(({ needs, examples: count }) => {
    find(part, "[data-whole]").textContent = say(part, "whole", { bytes: kilobytes(needs[0]), examples: count });
  }, () => {});

  return {
    fit: {
      async judge({ memory, devices: given }) {
        const { needs, verified } = await split({ memory: Number(memory) * KILO, verify: true });
        const fewest = needs.findIndex((/** @type {number} */ bytes) => bytes <= Number(memory) * KILO) + 1;
        const asked = Number(given);
        const told = fewest === 0 ? "fit.told.none" : "fit.told";
        const blanks = {
          fewest,
          given,
          memory: formatCount(Number(memory)),
          most: MOST,
          holds: kilobytes(needs[fewest - 1] ?? NaN),
          least: kilobytes(needs[needs.length - 1]),
          needs: kilobytes(needs[asked - 1] ?? needs[needs.length - 1]),
          compared: verified?.compared.length ?? 0,
        };
        if (asked === fewest) return { right: true, says: [fewest === 0 ? "fit.none" : verified?.same ? "fit.right" : "fit.told"], blanks, told };
        if (fewest !== 0 && asked > fewest) return { right: false, says: ["fit.many"], blanks, told };
        return { right: false, says: [asked === 0 ? "fit.can" : "fit.few"], blanks, told };
      },
    },
    claims: {
      async judge(answer) {
        const [{ needs: whole }, { needs: single }] = await Promise.all([split({}), split({ sizes: { n: 1 } })]);
        const [roomy, tight] = await Promise.all([
          split({ memory: (whole[0] + single[0]) / 2 }),
          split({ memory: single[0] - KILO }),
        ]);
        const [pipeline, smaller] = [strategy(roomy, "pipeline"), strategy(roomy, "smaller minibatch")];
        const truth = {
          examples: pipeline.examples > smaller.examples,
          silent: pipeline.moved_bytes <= smaller.moved_bytes,
          busy: pipeline.utilisation >= smaller.utilisation,
          large: tight.devices > 0 && !strategy(tight, "smaller minibatch")?.fits,
        };
        const wrong = Object.entries(truth).filter(([name, holds]) => holds !== (answer[name] === "yes"));
        const blanks = {
          examples: pipeline.examples,
          fewer: smaller.examples,
          moved: kilobytes(pipeline.moved_bytes),
          busy: Math.round(100 * pipeline.utilisation),
          tight: kilobytes(single[0]),
          devices: tight.devices,
        };
        const says = wrong.map(([name]) => `claims.${name}`);
        return { right: says.length === 0, says: says.length === 0 ? ["claims.right"] : says, blanks, told: "claims.right" };
      },
    },
  };
}

/** @param {any} found @param {string} name */
function strategy({ strategies }, name) {
  return strategies.find((/** @type {any} */ one) => one.name === name);
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return formatCount(Math.round(bytes / KILO));
}
