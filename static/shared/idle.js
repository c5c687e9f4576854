/** When what there is to draw has been drawn, and the browser has time for the rest. */
const LONGEST_WAIT = 1000;

/** @returns {Promise<void>} */
export function leisure() {
  return new Promise((resolve) => {
    const idle = () => {
      if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT });
      else setTimeout(resolve);
    };
    // A frame's callbacks come before it is painted: those of the next frame come after.
    requestAnimationFrame(() => requestAnimationFrame(idle));
  });
}
