/**
 * A number pulled up or down in its square, with Shift in fine steps; pressed once more where it is selected, it is typed.
 */

/** A press that moves less than this is a click. */
const SLACK = 4;
/** A pull of one pixel changes a number by this part of its size, or by this much where it is small. */
const STEP = { part: 0.02, least: 0.01, fine: 0.1 };

/**
 * @param {SVGGElement} picture of the number
 * @param {object} options
 * @param {() => number | null} options.number as it stands; null where it is not to be changed
 * @param {(number: number) => void} options.onNumber while it is pulled
 * @param {() => boolean} options.onPress pressed without being pulled; true where that was heard
 */
export function listenToPulls(picture, { number, onNumber, onPress }) {
  picture.addEventListener("mousedown", (event) => number() !== null && event.stopPropagation());
  picture.addEventListener("pointerdown", (event) => {
    const start = number();
    if (start === null || event.button !== 0 || !event.isPrimary) return;
    event.stopPropagation();
    const { pointerId } = event;
    const leave = new AbortController();
    const { signal } = leave;
    let [last, now, pulled] = [event.clientY, start, false];
    const size = Math.max(Math.abs(start) * STEP.part, STEP.least);
    addEventListener("pointermove", (moved) => {
      if (moved.pointerId !== pointerId) return;
      pulled ||= Math.abs(moved.clientY - event.clientY) > SLACK;
      if (!pulled) return;
      now += (last - moved.clientY) * size * (moved.shiftKey ? STEP.fine : 1);
      last = moved.clientY;
      onNumber(Number(now.toPrecision(4)));
    }, { signal });
    const end = () => {
      leave.abort();
      if (!pulled && !onPress()) return;
      const swallow = (/** @type {Event} */ click) => click.stopPropagation();
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    addEventListener("pointerup", end, { signal });
    addEventListener("pointercancel", end, { signal });
    picture.addEventListener("touchmove", (moved) => moved.preventDefault(), { signal, passive: false });
  });
}

/**
 * A field above a square in which its number is typed: Enter takes it, Escape leaves it as it was.
 *
 * @param {HTMLElement} label of the mark
 * @param {number} number
 * @param {string} name
 * @param {(number: number) => void} onNumber
 */
export function typeNumber(label, number, name, onNumber) {
  const field = document.createElement("input");
  field.type = "number";
  field.step = "any";
  field.className = "typed";
  field.setAttribute("aria-label", name);
  field.value = String(number);
  label.append(field);
  field.focus();
  field.select();
  let done = false;
  const leave = (/** @type {boolean} */ take) => {
    if (done) return;
    done = true;
    const typed = field.valueAsNumber;
    field.remove();
    if (take && Number.isFinite(typed) && typed !== number) onNumber(typed);
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Escape") leave(event.key === "Enter");
  });
  field.addEventListener("blur", () => leave(true));
}
