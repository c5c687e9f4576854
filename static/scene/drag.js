/**
 * Pulling a mark with mouse or pen, with Shift and the arrow keys, or with a finger that has rested on it: one that
 * moves at once pans the picture, and two pinch it.
 *
 * @import {Point} from "../types.js"
 */

/** A press that moves less than this is a click. */
const SLACK = 4;
/** A finger that has rested on a mark for so many milliseconds holds it; until then it may tremble so much. */
const HOLD = { after: 240, slack: 8 };
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
    if (event.button !== 0 || !event.isPrimary) return;
    if (event.pointerType === "touch") hold(event);
    else drag(event);
  });

  /** Waits for the finger to have rested. @param {PointerEvent} event */
  function hold(event) {
    const start = { x: event.clientX, y: event.clientY };
    const leave = new AbortController();
    const giveUp = () => {
      clearTimeout(waiting);
      leave.abort();
    };
    const waiting = setTimeout(() => {
      leave.abort();
      drag(event);
    }, HOLD.after);
    for (const name of ["pointerup", "pointercancel", "pointerdown"]) addEventListener(name, giveUp, { signal: leave.signal, capture: true });
    addEventListener("pointermove", (moved) => {
      if (Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > HOLD.slack) giveUp();
    }, { signal: leave.signal });
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    const { pointerId, pointerType } = event;
    const scale = mark.getScreenCTM()?.a ?? 1;
    const start = { x: event.clientX, y: event.clientY };
    let last = start;
    let dragging = false;
    const leave = new AbortController();
    const { signal } = leave;
    addEventListener("pointermove", (moved) => {
      if (moved.pointerId !== pointerId) return;
      const at = { x: moved.clientX, y: moved.clientY };
      dragging ||= Math.hypot(at.x - start.x, at.y - start.y) > SLACK;
      if (!dragging) return;
      pull({ x: (at.x - last.x) / scale, y: (at.y - last.y) / scale }, false);
      last = at;
    }, { signal });
    const end = () => {
      leave.abort();
      mark.classList.remove("held");
      if (!dragging) return;
      pull({ x: 0, y: 0 }, true);
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    addEventListener("pointerup", end, { signal });
    addEventListener("pointercancel", end, { signal });
    if (pointerType !== "touch") return;
    mark.classList.add("held");
    mark.addEventListener("contextmenu", (menu) => menu.preventDefault(), { signal });
    // The picture stands still while one of its marks is pulled.
    mark.addEventListener("touchmove", (moved) => moved.stopPropagation(), { signal });
  }

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
