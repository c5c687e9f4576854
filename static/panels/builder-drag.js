/** Following a pointer from a press to its release, once it has moved. */

/** A press that moves less than this is a click. */
const SLACK = 4;

/** @typedef {{ x: number, y: number }} Place in the window */
/** @typedef {{ move: (at: Place) => void, drop?: (at: Place) => void, end?: () => void }} Drag `drop`: released; `end`: over, also by Escape */

/**
 * @param {HTMLElement} element
 * @param {(event: PointerEvent) => Drag | null} start what to do with a press; null: nothing
 * @param {PointerEvent} [pressed] a press that has happened already; without it, every press on the element is followed
 */
export function followPointer(element, start, pressed) {
  if (pressed) follow(pressed);
  else {
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.isPrimary) follow(event);
    });
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    const drag = start(event);
    if (!drag) return;
    const { pointerId, clientX, clientY } = event;
    const leave = new AbortController();
    const { signal } = leave;
    let moved = false;
    addEventListener("pointermove", (next) => {
      if (next.pointerId !== pointerId) return;
      moved ||= Math.hypot(next.clientX - clientX, next.clientY - clientY) > SLACK;
      if (!moved) return;
      next.preventDefault();
      drag.move({ x: next.clientX, y: next.clientY });
    }, { signal });
    const end = (/** @type {boolean} */ done, /** @type {Place} */ at) => {
      leave.abort();
      if (!moved) return;
      if (done) drag.drop?.(at);
      drag.end?.();
      // The click that ends a drag is not meant.
      const swallow = (/** @type {Event} */ click) => click.stopPropagation();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    addEventListener("pointerup", (up) => up.pointerId === pointerId && end(true, { x: up.clientX, y: up.clientY }), { signal });
    addEventListener("pointercancel", () => end(false, { x: 0, y: 0 }), { signal });
    addEventListener("keydown", (key) => key.key === "Escape" && end(false, { x: 0, y: 0 }), { signal });
    // Text is not selected, and the browser's own dragging does not begin.
    addEventListener("selectstart", (select) => select.preventDefault(), { signal });
    addEventListener("dragstart", (own) => own.preventDefault(), { signal });
  }
}
