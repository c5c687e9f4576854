/**
 * Drives a player frame by frame while it runs. A slow frame slows the show down rather than making it jump.
 *
 * @import {Player} from "./player.js"
 */

/** Milliseconds of a frame that count, at most. */
const LONGEST_FRAME = 50;

/**
 * @param {Player} player
 * @param {() => boolean} [isShown] false once what is played is gone
 * @returns {() => void} starts it, unless it runs already
 */
export function createClock(player, isShown = () => true) {
  let last = 0;
  let ticking = false;

  /** @param {number} now */
  function tick(now) {
    player.tick(Math.min(LONGEST_FRAME, Math.max(0, now - last)));
    last = now;
    ticking = player.running && isShown();
    if (ticking) requestAnimationFrame(tick);
  }

  return () => {
    if (ticking) return;
    ticking = true;
    last = performance.now();
    requestAnimationFrame(tick);
  };
}
