/**
 * Error function, gamma and their derivatives, with the approximations of `engine/ops/special.py`: Cody (1969),
 * Abramowitz and Stegun (1964), Boost.Math's digamma.
 *
 * @import {Kernel} from "./tensor.js"
 */
import { unary } from "./tensor.js";

/** @param {number} x @param {number[]} coefficients highest power first */
function polynomial(x, coefficients) {
  let value = coefficients[0];
  for (let at = 1; at < coefficients.length; at += 1) value = value * x + coefficients[at];
  return value;
}

const ERF_NEAR = [
  [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
];
const ERFC_MIDDLE = [
  [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
    1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
    3439.3676741437216, 1230.3393548037495,
  ],
];
const ERFC_FAR = [
  [0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378],
  [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
];
const NEAR = 0.46875;

/** @param {number} x @param {number[][]} terms */
const ratio = (x, [above, below]) => polynomial(x, above) / polynomial(x, below);

/** @param {number} x above NEAR */
function erfcBeyond(x) {
  const coarse = Math.trunc(x * 16) / 16;
  const gauss = Math.exp(-coarse * coarse) * Math.exp((coarse - x) * (coarse + x));
  if (x <= 4) return gauss * ratio(x, ERFC_MIDDLE);
  const inverse = 1 / (x * x);
  return (gauss * (1 / Math.sqrt(Math.PI) - inverse * ratio(inverse, ERFC_FAR))) / x;
}

/** @param {number} x */
const erfNear = (x) => x * ratio(x * x, ERF_NEAR);

/** @param {number} x */
function erf(x) {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  const value = size < NEAR ? erfNear(size) : 1 - erfcBeyond(Math.min(size, 6));
  return x < 0 ? -value : value;
}

/** @param {number} x */
function erfc(x) {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (size < NEAR) return 1 - erfNear(x);
  const tail = erfcBeyond(Math.min(size, 30));
  return x < 0 ? 2 - tail : tail;
}

const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330];

/** @param {number} n */
function factorial(n) {
  let product = 1;
  for (let k = 2; k <= n; k += 1) product *= k;
  return product;
}

/** The sum of (x + k)**-s over k from 0, by Euler and Maclaurin. @param {number} x @param {number} s */
function hurwitz(x, s) {
  const shift = 10 + s;
  let value = 0;
  for (let k = 0; k < shift; k += 1) value += (x + k) ** -s;
  const far = x + shift;
  let power = far ** (1 - s);
  value += power / (s - 1);
  power /= far;
  value += power / 2;
  let rising = s;
  for (let j = 1; j <= BERNOULLI.length; j += 1) {
    power /= far;
    value += ((BERNOULLI[j - 1] * rising) / factorial(2 * j)) * power;
    rising *= (s + 2 * j - 1) * (s + 2 * j);
    power /= far;
  }
  return value;
}

const ZETA = Array.from({ length: 28 }, (_, at) => hurwitz(2, at + 2));
const LGAMMA_NEAR = [...ZETA.map((z, at) => ((at % 2 ? -1 : 1) * z) / (at + 2)).reverse(), 1 - 0.5772156649015329, 0];
const LGAMMA_FAR = BERNOULLI.slice(0, 8).map((b, at) => b / (2 * (at + 1) * (2 * at + 1))).reverse();
const DIGAMMA_FAR = BERNOULLI.slice(0, 9).map((b, at) => b / (2 * (at + 1))).reverse();

/** How far x is from the nearest whole number. @param {number} x */
const fraction = (x) => x - Math.round(x);

/** @param {number} x @returns {number} */
function lgamma(x) {
  if (x === -Infinity) return Infinity;
  if (x < -0.5) return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * fraction(x)))) - lgamma(-x);
  if (x >= 8) {
    const inverse = 1 / x;
    return (x - 0.5) * (Math.log(x) - 1) + (0.5 * Math.log(2 * Math.PI) - 0.5) + inverse * polynomial(inverse * inverse, LGAMMA_FAR);
  }
  if (Number.isNaN(x)) return NaN;
  let factor = 1;
  let near = x;
  while (near > 2.5) {
    near -= 1;
    factor *= near;
  }
  const t = near >= 1.5 ? near - 2 : near >= 0.5 ? near - 1 : near;
  const below = (near >= 1.5 ? 0 : Math.log1p(t)) + (near >= 0.5 ? 0 : Math.log(Math.abs(near)));
  return polynomial(t, LGAMMA_NEAR) - below + Math.log(factor);
}

const ROOT = [1569415565 / 1073741824, 381566830 / 1073741824 / 1073741824, 9.016312093258695e-20];
const DIGAMMA_NEAR = [
  [-0.002071332116774595, -0.04525132144873906, -0.28919126444774784, -0.6503185377089651, -0.3255503118680449, 0.25479851061131553],
  [
    -5.578984132167551e-7, 0.0021284987017821146, 0.054151797245674226, 0.43593529692665967, 1.4606242909763516, 2.076711702373047, 1,
  ],
];

/** @param {number} x @returns {number} */
function digamma(x) {
  if (x <= 0) {
    const turn = Math.tan(Math.PI * fraction(x));
    if (turn === 0) return x === 0 ? (Object.is(x, -0) ? Infinity : -Infinity) : NaN;
    return digamma(1 - x) - Math.PI / turn;
  }
  if (x >= 10) {
    const inverse = 1 / (x * x);
    return Math.log(x) - 0.5 / x - inverse * polynomial(inverse, DIGAMMA_FAR);
  }
  if (Number.isNaN(x)) return NaN;
  let total = x < 1 ? -1 / x : 0;
  let near = x < 1 ? x + 1 : x;
  while (near > 2) {
    near -= 1;
    total += 1 / near;
  }
  const root = near - ROOT[0] - ROOT[1] - ROOT[2];
  return root * 0.9955816268920898 + root * ratio(near - 1, DIGAMMA_NEAR) + total;
}

/** The n-th derivative of cot as a polynomial in cot, highest power first. @param {number} n */
function cotangentDerivative(n) {
  let terms = [0, 1];
  for (let round = 0; round < n; round += 1) {
    const slope = terms.map((c, k) => k * c).slice(1);
    terms = [...slope, 0, 0].map((a, at) => -(a + (at < 2 ? 0 : slope[at - 2])));
  }
  return terms.reverse();
}

/** @param {number} x @param {{ n?: number }} attributes */
function polygamma(x, { n = 1 }) {
  if (x <= 0) {
    const cotangent = 1 / Math.tan(Math.PI * fraction(x));
    return -factorial(n) * hurwitz(1 - x, n + 1) - Math.PI ** (n + 1) * polynomial(cotangent, cotangentDerivative(n));
  }
  return (n % 2 ? 1 : -1) * factorial(n) * hurwitz(x, n + 1);
}

/** @type {Record<string, Kernel>} */
export const kernels = { erf: unary(erf), erfc: unary(erfc), lgamma: unary(lgamma), digamma: unary(digamma), polygamma: unary(polygamma) };
