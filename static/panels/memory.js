/** @import {Bench} from "./lab.js" */

/** @param {HTMLElement} host @param {Bench} bench */
export function createMemoryPanel(host, bench) {
  return { show: () => host.replaceChildren(bench.session.program) };
}
