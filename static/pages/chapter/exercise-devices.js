/**
 * Exercise 5: a graph that is too large for one device, split by `/api/v1/partition`; every claim about the split is
 * held against what it answers, and what a smaller minibatch does to a gradient is found by training.
 *
 * @import {Lab, Question} from "./exercises.js"
 */
import { formatCount, formatShare, formatTimes } from "../../i18n/format.js";
import { drawChart } from "../../panels/chart.js";
import { paintDevices } from "../../panels/devices-picture.js";
import { drawStrategies, nameOf } from "../../panels/strategies.js";
import { createTimeline, words } from "../../panels/timeline.js";
import { measureNoise, trainBoth } from "./minibatches.js";
import { find, say } from "./messages.js";

const MOST = 8;
const KILO = 1000;
/** Rates at which computing and sending take times that can be compared. */
const HARDWARE = { flop_rate: 1e10, bandwidth: 1e9, latency: 1e-5 };

/** @param {Lab} lab @returns {Record<string, Question>} */
export function devices({ api, examples, graphOf, part }) {
  const { program } = examples.wide;
  const split = (/** @type {object} */ wish) => api.ask("partition", { program, devices: MOST, ...HARDWARE, ...wish });
  /** The memory that is chosen in the first half, for both. */
  const memory = () => KILO * Number(/** @type {HTMLSelectElement} */ (find(part, "[name=memory]")).value);
  const timeline = createTimeline(find(part, "[data-timeline]"), (bar) => {
    find(part, "[data-bar]").textContent = bar ? words(bar) : "";
  });
  split({}).then(({ needs, examples: count }) => {
    find(part, "[data-whole]").textContent = say(part, "whole", { bytes: kilobytes(needs[0]), examples: count });
  }, () => {});

  return {
    fit: {
      async judge({ devices: given }) {
        const { needs, verified } = await split({ memory: memory(), verify: true });
        const fewest = needs.findIndex((/** @type {number} */ bytes) => bytes <= memory()) + 1;
        const asked = Number(given);
        const told = fewest === 0 ? "fit.told.none" : fewest === 1 ? "fit.told.one" : "fit.told";
        const blanks = {
          fewest,
          given,
          memory: kilobytes(memory()),
          most: MOST,
          holds: kilobytes(needs[fewest - 1] ?? NaN),
          least: kilobytes(needs[needs.length - 1]),
          needs: kilobytes(needs[asked - 1] ?? needs[needs.length - 1]),
          compared: verified?.compared.length ?? 0,
        };
        if (asked === fewest) {
          const says = fewest === 0 ? "fit.none" : fewest === 1 ? "fit.right.one" : verified?.same ? "fit.right" : "fit.told";
          return { right: true, says: [says], blanks, told };
        }
        if (fewest !== 0 && asked > fewest) return { right: false, says: [fewest === 1 ? "fit.many.one" : "fit.many"], blanks, told };
        return { right: false, says: [asked === 0 ? "fit.can" : asked === 1 ? "fit.few.one" : "fit.few"], blanks, told };
      },
      set: () => {
        for (const after of ["[data-after]", "[data-trained]"]) find(part, after).hidden = true;
        find(part, "[data-chosen]").textContent = say(part, "chosen", { memory: kilobytes(memory()) });
        graphOf("devices").annotate(null);
      },
      after: drawSplit,
    },
    claims: {
      async judge(answer) {
        const [{ needs: whole }, { needs: single }] = await Promise.all([split({}), split({ sizes: { n: 1 } })]);
        const [chosen, tight] = await Promise.all([split({ memory: memory() }), split({ memory: single[0] - KILO })]);
        const [pipeline, smaller, parts] = ["pipeline", "smaller minibatch", "gradient accumulation"].map((name) => strategy(chosen, name));
        if (!pipeline) return { right: false, says: ["claims.none"], blanks: { memory: kilobytes(memory()), most: MOST }, told: "claims.none" };
        const truth = {
          examples: pipeline.examples === chosen.examples,
          silent: pipeline.moved_bytes === 0,
          busy: pipeline.utilisation >= 0.995,
          large: tight.devices > 0 && !strategy(tight, "smaller minibatch")?.fits,
        };
        const wrong = Object.entries(truth).filter(([name, holds]) => holds !== (answer[name] === "yes"));
        const blanks = {
          memory: kilobytes(memory()),
          examples: pipeline.examples,
          fewer: smaller.examples,
          moved: kilobytes(pipeline.moved_bytes),
          busy: Math.round(100 * pipeline.utilisation),
          tight: kilobytes(single[0]),
          devices: tight.devices,
          whole: kilobytes(whole[0]),
          parts: parts.microbatches,
          slower: formatTimes(parts.seconds / pipeline.seconds, 2),
        };
        const right = !smaller.fits ? "claims.right.tight" : smaller.examples === pipeline.examples ? "claims.right.roomy" : "claims.right";
        const says = wrong.map(([name]) => `claims.${name}`);
        return { right: says.length === 0, says: says.length === 0 ? [right] : says, blanks, told: right };
      },
      after: train,
    },
  };

  /** The figure in the devices' colours, who does what when, and every way to make the step beside the others. */
  async function drawSplit() {
    const found = await split({ memory: memory() });
    const limit = memory();
    const body = { ...found, asked: MOST };
    const usual = (found.needs[0] <= limit ? strategy(found, "one device") : strategy(found, "pipeline")) ?? strategy(found, "gradient accumulation");
    find(part, "[data-after]").hidden = false;
    show(usual);

    /** @param {any} one */
    function show(one) {
      graphOf("devices").annotate((view) => paintDevices(view, body, one));
      const label = say(part, "timeline", { strategy: nameOf(one.name), devices: one.devices, rate: formatCount(Math.round(one.examples_per_second)), busy: formatShare(one.utilisation) });
      find(part, "[data-throughput]").textContent = label;
      timeline.show({ bars: one.events, devices: one.devices, total: one.seconds, microbatches: one.microbatches, label });
      const onChoose = (/** @type {string} */ name) => show(strategy(found, name));
      drawStrategies(/** @type {HTMLTableElement} */ (find(part, "[data-strategies]")), body, { chosen: one.name, limit, onChoose });
    }
  }

  /** The two minibatches, both trained: how far their gradients scatter, how often they update, how the loss falls. */
  async function train() {
    const chosen = await split({ memory: memory() });
    const large = chosen.examples;
    const fits = strategy(chosen, "smaller minibatch");
    const small = fits.fits && fits.examples < large ? fits.examples : Math.max(1, Math.round(large / 8));
    const told = find(part, "[data-noise]");
    const chart = /** @type {HTMLCanvasElement} */ (find(part, "[data-losses]"));
    find(part, "[data-trained]").hidden = false;
    told.textContent = say(part, "training");
    const { program: moons } = examples.moons;
    const noise = await measureNoise(api, moons, [large, small]);
    const runs = await trainBoth(api, moons, [large, small]);
    const [whole, part_] = runs;
    told.textContent = say(part, "trained", {
      large,
      small,
      steps: whole.length,
      more: part_.length,
      noise: formatShare(noise[0]),
      noisier: formatShare(noise[1]),
      before: formatTimes(lastMean(whole), 2),
      after: formatTimes(lastMean(part_), 2),
    });
    const series = [
      { name: say(part, "of", { examples: small }), points: part_, ink: "--ink", share: 0.5 },
      { name: say(part, "of", { examples: large }), points: whole, ink: "--ink" },
    ];
    const draw = () => drawChart(chart, { series, zero: true });
    chart.setAttribute("aria-label", told.textContent);
    new ResizeObserver(draw).observe(chart);
    draw();
  }
}

/** The mean loss over the last quarter of a run: a single minibatch's says little. @param {[number, number][]} losses */
function lastMean(losses) {
  const last = losses.slice(Math.floor(0.75 * losses.length));
  return last.reduce((sum, [, loss]) => sum + loss, 0) / last.length;
}

/** @param {any} found @param {string} name */
function strategy({ strategies }, name) {
  return strategies.find((/** @type {any} */ one) => one.name === name);
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return formatCount(Math.round(bytes / KILO));
}
