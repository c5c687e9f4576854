/**
 * Update rules and schedules of training, as `engine/training/optimisers.py` has them: the same formulas, in the same
 * order of operations.
 */

/** A number of each array by the moment's name. @typedef {Record<string, Float64Array>} Moments */

/**
 * One update of a parameter in its place; `step` counts from 1.
 *
 * @callback Advance
 * @param {Float64Array} parameter
 * @param {Float64Array} gradient
 * @param {Moments} moments
 * @param {number} rate
 * @param {number} step
 * @param {Record<string, number>} settings
 */

/** @type {Advance} */
const sgd = (p, g, moments, rate) => {
  for (let at = 0; at < p.length; at += 1) p[at] -= rate * g[at];
};

/** @type {Advance} */
const momentum = (p, g, { velocity: v }, rate, step, { momentum: keep }) => {
  for (let at = 0; at < p.length; at += 1) {
    v[at] = keep * v[at] + g[at];
    p[at] -= rate * v[at];
  }
};

/** @type {Advance} */
const nesterov = (p, g, { velocity: v }, rate, step, { momentum: keep }) => {
  for (let at = 0; at < p.length; at += 1) {
    v[at] = keep * v[at] + g[at];
    p[at] -= rate * (g[at] + keep * v[at]);
  }
};

/** @type {Advance} */
const adagrad = (p, g, { squares: s }, rate, step, { epsilon }) => {
  for (let at = 0; at < p.length; at += 1) {
    s[at] += g[at] * g[at];
    p[at] -= rate * (g[at] / (Math.sqrt(s[at]) + epsilon));
  }
};

/** @type {Advance} */
const rmsprop = (p, g, { squares: s }, rate, step, { decay, epsilon }) => {
  for (let at = 0; at < p.length; at += 1) {
    s[at] = decay * s[at] + (1 - decay) * (g[at] * g[at]);
    p[at] -= rate * (g[at] / (Math.sqrt(s[at]) + epsilon));
  }
};

/** @type {Advance} */
const adam = (p, g, { mean: m, squares: s }, rate, step, { beta1, beta2, epsilon }) => {
  const root = Math.sqrt(1 - beta2 ** step);
  const scaled = rate / (1 - beta1 ** step);
  for (let at = 0; at < p.length; at += 1) {
    m[at] = beta1 * m[at] + (1 - beta1) * g[at];
    s[at] = beta2 * s[at] + (1 - beta2) * (g[at] * g[at]);
    p[at] -= scaled * (m[at] / (Math.sqrt(s[at]) / root + epsilon));
  }
};

/** @type {Advance} */
const adamw = (p, g, moments, rate, step, settings) => {
  const shrink = 1 - rate * settings.weight_decay;
  for (let at = 0; at < p.length; at += 1) p[at] *= shrink;
  adam(p, g, moments, rate, step, settings);
};

const ADAM = { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** @type {Record<string, { settings: Record<string, number>, moments: string[], advance: Advance, apart?: boolean }>} */
const RULES = {
  sgd: { settings: {}, moments: [], advance: sgd },
  momentum: { settings: { momentum: 0.9 }, moments: ["velocity"], advance: momentum },
  nesterov: { settings: { momentum: 0.9 }, moments: ["velocity"], advance: nesterov },
  adagrad: { settings: { epsilon: 1e-10 }, moments: ["squares"], advance: adagrad },
  rmsprop: { settings: { decay: 0.99, epsilon: 1e-8 }, moments: ["squares"], advance: rmsprop },
  adam: { settings: ADAM, moments: ["mean", "squares"], advance: adam },
  adamw: { settings: { ...ADAM, weight_decay: 0.01 }, moments: ["mean", "squares"], advance: adamw, apart: true },
};

/** @type {Record<string, { settings: Record<string, number>, factor: (step: number, settings: Record<string, number>) => number }>} */
const SCHEDULES = {
  constant: { settings: {}, factor: () => 1 },
  step: { settings: { every: 100, decay: 0.5 }, factor: (step, { every, decay }) => decay ** Math.floor(step / Math.max(every, 1)) },
  exponential: { settings: { decay: 0.99 }, factor: (step, { decay }) => decay ** step },
  cosine: {
    settings: { steps: 1000, floor: 0 },
    factor: (step, { steps, floor }) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(step / Math.max(steps, 1), 1)))) / 2,
  },
  warmup: { settings: { steps: 100 }, factor: (step, { steps }) => (step < steps ? (step + 1) / steps : 1) },
};

const FRACTIONS = ["momentum", "decay", "beta1", "beta2"];

/**
 * The settings with those that are left out; null for one that the server refuses, and says why.
 *
 * @param {Record<string, number>} usual
 * @param {Record<string, unknown>} given
 */
function checked(usual, given) {
  const wrong = Object.entries(given).some(
    ([name, value]) =>
      !Object.hasOwn(usual, name) || typeof value !== "number" || !Number.isFinite(value) || (value < 0 && name !== "learning_rate") || (FRACTIONS.includes(name) && value >= 1),
  );
  return wrong ? null : /** @type {Record<string, number>} */ ({ ...usual, ...given });
}

/**
 * The rule of that name with its settings; null where there is none.
 *
 * @param {{ name: string, settings?: Record<string, unknown> }} asked
 */
export function ruleOf({ name, settings: given = {} }) {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : null;
  const settings = rule && checked({ learning_rate: 0.01, weight_decay: 0, ...rule.settings }, given);
  if (!rule || !settings) return null;
  return {
    rate: settings.learning_rate,
    moments: rule.moments,
    /** @param {Float64Array} p @param {Float64Array} g which may be written over @param {Moments} moments @param {number} rate @param {number} step */
    advance(p, g, moments, rate, step) {
      if (settings.weight_decay && !rule.apart) for (let at = 0; at < g.length; at += 1) g[at] += settings.weight_decay * p[at];
      rule.advance(p, g, moments, rate, step, settings);
    },
  };
}

/**
 * What the learning rate is multiplied by at a step, steps counted from 0; null where there is no such schedule.
 *
 * @param {{ name: string, settings?: Record<string, unknown> }} asked
 */
export function scheduleOf({ name, settings: given = {} }) {
  const schedule = Object.hasOwn(SCHEDULES, name) ? SCHEDULES[name] : null;
  const settings = schedule && checked(schedule.settings, given);
  return schedule && settings ? (/** @type {number} */ step) => schedule.factor(step, settings) : null;
}

/** The Euclidean (Frobenius) norm. @param {ArrayLike<number>} array */
export function normOf(array) {
  let total = 0;
  for (let at = 0; at < array.length; at += 1) total += array[at] * array[at];
  return Math.sqrt(total);
}

/**
 * Gradients bounded in their places: every number, then all by their joint norm.
 *
 * @param {Float64Array[]} gradients
 * @param {{ clip_value?: number | null, clip_norm?: number | null }} limits
 */
export function clip(gradients, { clip_value: most, clip_norm: limit }) {
  if (most != null) for (const g of gradients) for (let at = 0; at < g.length; at += 1) g[at] = Math.min(Math.max(g[at], -most), most);
  if (limit == null) return;
  const total = Math.sqrt(gradients.reduce((sum, g) => sum + normOf(g) ** 2, 0));
  if (total > limit) for (const g of gradients) for (let at = 0; at < g.length; at += 1) g[at] *= limit / total;
}
