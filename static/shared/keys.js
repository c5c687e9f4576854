/**
 * Keys that work anywhere on the page but where text is typed.
 *
 * @import {Player} from "../state/player.js"
 */

/**
 * @param {Player} player
 * @param {{ onEscape: () => void }} options
 * @param {EventTarget} [target] where keys are listened to
 */
export function listenToKeys(player, { onEscape }, target = document) {
  /** @type {Record<string, () => void>} */
  const actions = {
    " ": player.toggle,
    ArrowRight: player.step,
    ArrowLeft: player.back,
    Home: () => player.seek(0),
    End: () => player.seek(player.state.length),
    Escape: onEscape,
  };
  target.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const action = actions[event.key];
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (belongsTo(event.target, event.key)) return;
    if (event.key === "Escape" && document.querySelector(":popover-open")) return;
    event.preventDefault();
    action();
  });
}

/**
 * Whether the focused element has its own use for the key.
 *
 * @param {EventTarget | null} target
 * @param {string} key
 */
function belongsTo(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return false;
  if (target.closest("input, textarea, select, [popover], dialog")) return true;
  return key === " " && target.closest("button, a") !== null;
}
