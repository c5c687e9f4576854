/**
 * NumPy's `default_rng`, bit for bit: SeedSequence, PCG64 (O'Neill 2014), uniform numbers and whole numbers. Normal draws
 * are in `normal.js`, which brings the ziggurat's tables.
 */

const MASK32 = 0xffffffffn;
const MASK64 = (1n << 64n) - 1n;
const MASK128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL = 4;

/** @param {number} a @param {number} b */
const times = (a, b) => Math.imul(a, b) >>> 0;

/** Words of 32 bits, the lowest first. @param {number | bigint} value */
function words(value) {
  let rest = BigInt(value);
  const found = [];
  do {
    found.push(Number(rest & MASK32));
    rest >>= 32n;
  } while (rest > 0n);
  return found;
}

/** The state that a seed stands for, as so many words of 32 bits. @param {(number | bigint)[]} entropy @param {number} count */
function seedState(entropy, count) {
  const given = entropy.flatMap(words);
  let constant = 0x43b0d7e5;
  const hash = (/** @type {number} */ value) => {
    let mixed = (value ^ constant) >>> 0;
    constant = times(constant, 0x931e8875);
    mixed = times(mixed, constant);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const mix = (/** @type {number} */ x, /** @type {number} */ y) => {
    const result = (times(0xca01f9dd, x) - times(0x4973f715, y)) >>> 0;
    return (result ^ (result >>> 16)) >>> 0;
  };
  const pool = Array.from({ length: POOL }, (_, at) => hash(given[at] ?? 0));
  for (let from = 0; from < POOL; from += 1) {
    for (let to = 0; to < POOL; to += 1) if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  }
  for (let from = POOL; from < given.length; from += 1) for (let to = 0; to < POOL; to += 1) pool[to] = mix(pool[to], hash(given[from]));
  let output = 0x8b51f9dd;
  return Array.from({ length: count }, (_, at) => {
    let value = (pool[at % POOL] ^ output) >>> 0;
    output = times(output, 0x58f38ded);
    value = times(value, output);
    return (value ^ (value >>> 16)) >>> 0;
  });
}

/**
 * A generator that draws what `numpy.random.default_rng(seed)` draws.
 *
 * @param {number | bigint | (number | bigint)[]} seed
 */
export function createRandom(seed) {
  const seeds = seedState(Array.isArray(seed) ? seed : [seed], 8).map(BigInt);
  const [a, b, c, d] = [0, 2, 4, 6].map((at) => seeds[at] | (seeds[at + 1] << 32n));
  const increment = ((((c << 64n) | d) << 1n) | 1n) & MASK128;
  let state = 0n;
  /** @type {number | null} */
  let spare = null;
  const step = () => {
    state = (state * MULTIPLIER + increment) & MASK128;
  };
  step();
  state = (state + ((a << 64n) | b)) & MASK128;
  step();

  const random = {
    /** 64 bits. */
    next64() {
      step();
      const folded = ((state >> 64n) ^ state) & MASK64;
      const turn = state >> 122n;
      return ((folded >> turn) | (folded << ((64n - turn) & 63n))) & MASK64;
    },
    /** 32 bits: the lower half of 64, then the upper. */
    next32() {
      if (spare !== null) {
        const held = spare;
        spare = null;
        return held;
      }
      const both = random.next64();
      spare = Number(both >> 32n);
      return Number(both & MASK32);
    },
    /** A number from 0 up to 1, of double precision. */
    double: () => Number(random.next64() >> 11n) / 9007199254740992,
    /** The same of single precision. */
    single: () => (random.next32() >>> 8) / 16777216,
    /** @param {number} low @param {number} high */
    uniform: (low, high) => low + (high - low) * random.double(),
    /** A whole number from `low` up to `high` (Lemire 2019). @param {number} low @param {number} high */
    integer(low, high) {
      const range = BigInt(high - low);
      if (range <= 1n) return low;
      if (range <= 1n << 32n) {
        let product = BigInt(random.next32()) * range;
        if ((product & MASK32) < range) {
          const threshold = ((1n << 32n) - range) % range;
          while ((product & MASK32) < threshold) product = BigInt(random.next32()) * range;
        }
        return low + Number(product >> 32n);
      }
      let product = random.next64() * range;
      if ((product & MASK64) < range) {
        const threshold = ((1n << 64n) - range) % range;
        while ((product & MASK64) < threshold) product = random.next64() * range;
      }
      return low + Number(product >> 64n);
    },
    /** A whole number from 0 to `last`, by rejection, as shuffles draw it. @param {number} last less than 2^32 */
    interval(last) {
      const mask = 2 ** (32 - Math.clz32(last)) - 1;
      for (;;) {
        const value = (random.next32() & mask) >>> 0;
        if (value <= last) return value;
      }
    },
  };
  return random;
}

/** @typedef {ReturnType<typeof createRandom>} Random */
