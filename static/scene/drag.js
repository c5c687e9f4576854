/**
 * Pulling a mark with mouse or pen, or with Shift and the arrow keys. Touch pans and pinches the picture instead.
 *
 * @import {Point} from "../types.js"
 */

/** A press that moves less than this is a click. */
const SLACK = 4;
const NUDGE = 16;
/** @type {Record<string, Point>} */
const ARROWS = {
  ArrowLeft: { x: -NUDGE, y: 0 },
  ArrowRight: { x: NUDGE, y: 0 },
  ArrowUp: { x: 0, y: -NUDGE },
  ArrowDown: { x: 0, y: NUDGE },
};

/**
 * @param {SVGGElement} mark
 * @param {(by: Point, done: boolean) => void} pull how far since the last call, in the drawing's pixels
 */
export function listenToDrags(mark, pull) {
  mark.addEventListener("mousedown", (event) => event.stopPropagation());
  mark.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const scale = mark.getScreenCTM()?.a ?? 1;
    const start = { x: event.clientX, y: event.clientY };
    let last = start;
    let dragging = false;
    /** @param {PointerEvent} moved */
    const move = (moved) => {
      const at = { x: moved.clientX, y: moved.clientY };
      dragging ||= Math.hypot(at.x - start.x, at.y - start.y) > SLACK;
      if (!dragging) return;
      pull({ x: (at.x - last.x) / scale, y: (at.y - last.y) / scale }, false);
      last = at;
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      if (!dragging) return;
      pull({ x: 0, y: 0 }, true);
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });
  mark.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? ARROWS[event.key] : undefined;
    if (!by) return;
    event.preventDefault();
    pull(by, true);
  });
}

/** The click that ends a pull is not meant. @param {Event} event */
function swallow(event) {
  event.stopPropagation();
}
