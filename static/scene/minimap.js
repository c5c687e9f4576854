/**
 * The whole picture in a corner, with the part that is in the window framed; a press goes there. It repeats what
 * the picture shows, so the keyboard and screen readers pass it by.
 *
 * @import {Box, Layout, Point, View} from "../types.js"
 */
import { bounds, boxAround, HALF_SIDE } from "../layout/geometry.js";

/** So much of the picture, in the window's pixels, is out of sight before it is worth a map. */
const SLACK = 8;
const SIZE = { width: 176, height: 112, margin: 6 };

/**
 * @param {HTMLElement} element
 * @param {(place: Point) => void} go
 */
export function createMinimap(element, go) {
  const canvas = document.createElement("canvas");
  canvas.className = "minimap";
  canvas.setAttribute("aria-hidden", "true");
  canvas.hidden = true;
  element.append(canvas);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ground = document.createElement("canvas");
  let rim = "";
  /** What the marks cover. @type {Box} */
  let box = { x: 0, y: 0, width: 0, height: 0 };
  /** Where the window was framed last. */
  let framed = "";
  /** @type {{ scale: number, x: number, y: number }} */
  let fit = { scale: 1, x: 0, y: 0 };

  /** @param {PointerEvent} event */
  const visit = (event) => {
    const frame = canvas.getBoundingClientRect();
    go({ x: (event.clientX - frame.left - fit.x) / fit.scale, y: (event.clientY - frame.top - fit.y) / fit.scale });
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    visit(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) visit(event);
  });

  return {
    /** @param {View} view @param {Layout} layout */
    show(view, layout) {
      box = bounds([...layout.nodes.values()].map((centre) => boxAround(centre, HALF_SIDE)));
      const room = { width: SIZE.width - 2 * SIZE.margin, height: SIZE.height - 2 * SIZE.margin };
      const scale = Math.min(room.width / box.width, room.height / box.height);
      fit = {
        scale,
        x: (SIZE.width - box.width * scale) / 2 - box.x * scale,
        y: (SIZE.height - box.height * scale) / 2 - box.y * scale,
      };
      const style = getComputedStyle(canvas);
      rim = style.outlineColor;
      framed = "";
      for (const drawn of [canvas, ground]) {
        [drawn.width, drawn.height] = [SIZE.width * devicePixelRatio, SIZE.height * devicePixelRatio];
      }
      const pen = /** @type {CanvasRenderingContext2D} */ (ground.getContext("2d"));
      pen.scale(devicePixelRatio, devicePixelRatio);
      pen.fillStyle = style.color;
      for (const [id, { x, y }] of layout.nodes) {
        const half = Math.max(1, HALF_SIDE * scale);
        pen.globalAlpha = view.nodes.get(id)?.kind === "variable" ? 0.8 : 0.4;
        pen.fillRect(fit.x + x * scale - half, fit.y + y * scale - half, 2 * half, 2 * half);
      }
    },

    /** @param {Box} window what is in the window, in the drawing's pixels */
    frame(window) {
      const place = Object.values(window).join(" ");
      if (place === framed) return;
      canvas.hidden = box.width === 0 || holds(window, box);
      framed = place;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.drawImage(ground, 0, 0);
      context.scale(devicePixelRatio, devicePixelRatio);
      context.strokeStyle = rim;
      context.lineWidth = 1.5;
      const { scale, x, y } = fit;
      context.strokeRect(window.x * scale + x, window.y * scale + y, window.width * scale, window.height * scale);
    },
  };
}

/** Whether the window shows all of the picture. @param {Box} window @param {Box} box */
function holds(window, box) {
  const right = (/** @type {Box} */ { x, width }) => x + width;
  const bottom = (/** @type {Box} */ { y, height }) => y + height;
  return window.x <= box.x + SLACK && window.y <= box.y + SLACK && right(window) >= right(box) - SLACK && bottom(window) >= bottom(box) - SLACK;
}
