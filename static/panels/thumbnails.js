/**
 * When the small pictures of a gallery are drawn: those of the cards in sight, one at a time.
 *
 * @import {Example} from "../types.js"
 */

/**
 * Draws the thumbnails of the cards in sight, one at a time, each once.
 *
 * @param {(example: Example) => Promise<SVGSVGElement>} draw
 */
export function createThumbnails(draw) {
  /** @type {Map<Element, Example>} */
  const missing = new Map();
  /** @type {Set<Element>} */
  const inSight = new Set();
  let drawing = false;
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
    }
    drawNext();
  });

  async function drawNext() {
    const frame = [...inSight].find((element) => missing.has(element));
    const example = frame && missing.get(frame);
    if (drawing || !example) return;
    drawing = true;
    missing.delete(frame);
    watcher.unobserve(frame);
    try {
      frame.replaceChildren(await draw(example));
    } catch {
      // A card without its picture still says what it is.
    }
    drawing = false;
    drawNext();
  }

  /** @param {Element} frame @param {Example} example */
  return function watch(frame, example) {
    missing.set(frame, example);
    watcher.observe(frame);
  };
}
