/** Normal draws as NumPy makes them: by the ziggurat. @import {Random} from "./random.js" */
import { ACCEPTED, HEIGHTS, WIDTHS } from "./ziggurat.js";

/** @param {string} text in base64 */
const view = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

const accepted = Array.from({ length: 256 }, (_, at) => view(ACCEPTED).getBigUint64(8 * at, true));
const widths = Array.from({ length: 256 }, (_, at) => view(WIDTHS).getFloat64(8 * at, true));
const heights = Array.from({ length: 256 }, (_, at) => view(HEIGHTS).getFloat64(8 * at, true));

/** Where the ziggurat ends and the tail begins. */
const TAIL = 3.654152885361009;

/** A draw of mean 0 and variance 1. @param {Random} random */
export function standardNormal(random) {
  for (;;) {
    const bits = random.next64();
    const layer = Number(bits & 0xffn);
    const rest = bits >> 8n;
    const size = (rest >> 1n) & 0xfffffffffffffn;
    const x = (rest & 1n ? -1 : 1) * Number(size) * widths[layer];
    if (size < accepted[layer]) return x;
    if (layer === 0) {
      for (;;) {
        const beyond = (-1 / TAIL) * Math.log1p(-random.double());
        const height = -Math.log1p(-random.double());
        if (height + height > beyond * beyond) return (size >> 8n) & 1n ? -(TAIL + beyond) : TAIL + beyond;
      }
    } else if ((heights[layer - 1] - heights[layer]) * random.double() + heights[layer] < Math.exp(-0.5 * x * x)) {
      return x;
    }
  }
}

/** @param {Random} random @param {number} mean @param {number} deviation */
export const normal = (random, mean, deviation) => mean + deviation * standardNormal(random);
