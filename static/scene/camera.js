/**
 * Pan, zoom and fit. The drawing and the names above it share one transform.
 *
 * @import {Box, Point} from "../types.js"
 */
import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import { HALF_SIDE, RADIUS } from "../layout/geometry.js";

const LARGEST_FIT = 2;
/** A picture that would be smaller than this is not shown whole, but in a figure: it is shown so large, and the camera
 * goes along. */
const SMALLEST_WHOLE = 0.3;
const SMALLEST_FIT = 0.56;
/** Room kept free around the picture; above it is the key, or, where there is little height, only the view's tools. */
const MARGIN = { x: 40, narrow: 16, least: 6, top: 56, bottom: 52, low: { top: 44, bottom: 16 } };
/** At this scale the smallest mark is a target of 24 pixels, large enough for a finger. */
const SMALLEST_TARGET = 24.01 / (2 * RADIUS);
/** A window this high has little height. */
const LOW = 320;

/** @typedef {{ x: number, y: number, k: number }} Place what is in the middle of the window, as parts of the picture, and its scale */

/**
 * @param {SVGSVGElement} svg
 * @param {SVGGElement} drawing
 * @param {HTMLElement} labels
 * @param {{ duration: () => number, onMove: () => void, onRest: () => void, embedded?: boolean }} options `embedded`: one finger
 *   and a plain wheel scroll the page around the picture; two fingers, and the wheel with Ctrl or Cmd, act on the picture
 */
export function createCamera(svg, drawing, labels, { duration, onMove, onRest, embedded = false }) {
  const root = select(svg);
  /** @type {Box} */
  let box = { x: 0, y: 0, width: 0, height: 0 };
  /** Where a picture that is too large begins to be seen. @type {Point} */
  let start = { x: 0, y: 0 };
  let following = true;
  let partial = false;
  /** The scale at which the picture fits. */
  let fitted = 0;
  /** What an address asks for, until somebody moves the picture. @type {Place | null} */
  let wished = null;

  /** @type {import("d3-zoom").ZoomBehavior<SVGSVGElement, unknown>} */
  const behaviour = zoom();
  behaviour
    .scaleExtent([0.02, 4])
    .extent(() => [
      [0, 0],
      [svg.clientWidth, svg.clientHeight],
    ])
    .filter((event) => (embedded ? actsOnPicture(event) : (!event.ctrlKey || event.type === "wheel") && !event.button))
    .on("zoom", ({ transform, sourceEvent }) => {
      if (sourceEvent) leave();
      drawing.setAttribute("transform", transform.toString());
      labels.style.transform = `translate(${transform.x}px, ${transform.y}px) scale(${transform.k})`;
      onMove();
    })
    .on("end", ({ transform }) => {
      labels.style.setProperty("--scale", String(Math.round(transform.k * 1000) / 1000));
      onRest();
    });
  root.call(behaviour).on("dblclick.zoom", null);

  /** From here on the picture is fitted into the window. */
  function follow() {
    following = true;
    wished = null;
  }

  /** @param {boolean} animate */
  function settle(animate) {
    if (wished) stand(wished);
    else if (following) fit({ animate, whole: false });
  }

  /** From here on the picture stands where a person puts it. */
  function leave() {
    following = false;
    wished = null;
  }

  /** @param {Place} place */
  function stand({ x, y, k }) {
    const [left, top] = [box.x + x * box.width, box.y + y * box.height];
    move(zoomIdentity.translate(svg.clientWidth / 2 - left * k, svg.clientHeight / 2 - top * k).scale(k), false);
  }

  /** @param {{ animate: boolean, whole: boolean }} options `whole`: however small that makes it */
  function fit({ animate, whole }) {
    const [width, height] = [svg.clientWidth, svg.clientHeight];
    if (width === 0 || height === 0 || box.width === 0) return;
    const { top, bottom } = margins();
    const room = { width: width - 2 * sideMargin(), height: height - top - bottom };
    const exact = Math.min(LARGEST_FIT, room.width / box.width, room.height / box.height);
    const scale = whole || embedded || exact >= SMALLEST_WHOLE ? exact : SMALLEST_FIT;
    partial = scale > exact;
    fitted = scale;
    move(looking(scale, start), animate);
  }

  /**
   * The transform that has a place in the middle of the window, as far as no room is wasted on what lies beyond
   * the picture. What is small enough to be seen whole is centred.
   *
   * @param {number} scale
   * @param {Point} place
   */
  function looking(scale, place) {
    const side = sideMargin();
    const x = offset(scale, place.x, box.x, box.width, svg.clientWidth, side, side);
    const { top, bottom } = margins();
    const y = offset(scale, place.y, box.y, box.height, svg.clientHeight, top, bottom);
    return zoomIdentity.translate(x, y).scale(scale);
  }

  /** A picture whose marks would be too small to tap uses the margins as far as that helps. */
  function sideMargin() {
    const wanted = Math.min(MARGIN.x, Math.max(MARGIN.narrow, svg.clientWidth / 32));
    const needed = (svg.clientWidth - SMALLEST_TARGET * box.width) / 2;
    return needed < wanted && needed > MARGIN.least ? needed : wanted;
  }

  function margins() {
    return svg.clientHeight < LOW ? MARGIN.low : MARGIN;
  }

  /** @param {import("d3-zoom").ZoomTransform} transform @param {boolean} animate */
  function move(transform, animate) {
    if (animate && duration() > 0) root.transition().duration(duration()).call(behaviour.transform, transform);
    else root.interrupt().call(behaviour.transform, transform);
  }

  return {
    /**
     * What there is to see. It is fitted into the window as long as nobody has moved the picture.
     *
     * @param {Box} next
     * @param {{ animate: boolean, reset: boolean, first?: Point }} options `first`: where the program begins
     */
    frame(next, { animate, reset, first }) {
      box = next;
      start = first ?? { x: box.x, y: box.y + box.height };
      if (reset) follow();
      settle(animate);
    },

    fit() {
      follow();
      fit({ animate: true, whole: true });
    },

    resized: () => settle(false),

    /** At which scale the picture stands, or is about to. */
    get scale() {
      return following && fitted > 0 ? fitted : zoomTransform(svg).k;
    },

    /** Where a person has put the picture; null where it is fitted into the window. @returns {Place | null} */
    get place() {
      if (following || box.width === 0) return null;
      if (wished) return wished;
      const transform = zoomTransform(svg);
      const [x, y] = transform.invert([svg.clientWidth / 2, svg.clientHeight / 2]);
      return { x: (x - box.x) / box.width, y: (y - box.y) / box.height, k: transform.k };
    },

    /** The picture stands so, in a window of any size, until somebody moves it. @param {Place} place */
    put(place) {
      following = false;
      wished = place;
      settle(false);
    },

    /**
     * Goes along to a place, where the picture is larger than the window and nobody has moved it.
     *
     * @param {Point} place
     */
    follow(place) {
      if (!following || !partial) return;
      const transform = zoomTransform(svg);
      const [x, y] = transform.apply([place.x, place.y]);
      const [width, height] = [svg.clientWidth, svg.clientHeight];
      const inside = x > width * 0.2 && x < width * 0.8 && y > height * 0.2 && y < height * 0.8;
      if (inside) return;
      move(looking(transform.k, place), true);
    },

    /** Brings a place into the window, wherever the picture stands. @param {Point} place */
    reveal(place) {
      const transform = zoomTransform(svg);
      const [x, y] = transform.apply([place.x, place.y]);
      const edge = HALF_SIDE * transform.k;
      const inside = x > edge && x < svg.clientWidth - edge && y > edge && y < svg.clientHeight - edge;
      if (!inside) move(looking(transform.k, place), true);
    },

    /** @returns {{ x: number, y: number, k: number }} */
    get transform() {
      return zoomTransform(svg);
    },

    /** What is in the window, in the drawing's pixels. @returns {Box} */
    get window() {
      const { x, y, k } = zoomTransform(svg);
      return { x: -x / k, y: -y / k, width: svg.clientWidth / k, height: svg.clientHeight / k };
    },

    /** Brings a part of the picture as near as the window allows. @param {Box} part */
    zoomTo(part) {
      leave();
      const { top, bottom } = margins();
      const room = { width: svg.clientWidth - 2 * sideMargin(), height: svg.clientHeight - top - bottom };
      const scale = Math.min(LARGEST_FIT, room.width / part.width, room.height / part.height);
      const middle = { x: part.x + part.width / 2, y: part.y + part.height / 2 };
      const x = svg.clientWidth / 2 - middle.x * scale;
      const y = top + room.height / 2 - middle.y * scale;
      move(zoomIdentity.translate(x, y).scale(scale), true);
    },

    /** Puts a place in the middle of the window, at once. @param {Point} place */
    centre(place) {
      leave();
      const { k } = zoomTransform(svg);
      move(zoomIdentity.translate(svg.clientWidth / 2 - place.x * k, svg.clientHeight / 2 - place.y * k).scale(k), false);
    },

    /** @param {number} factor */
    zoomBy(factor) {
      leave();
      root.transition().duration(duration() / 2).call(behaviour.scaleBy, factor);
    },
  };
}

/**
 * @param {number} scale
 * @param {number} place
 * @param {number} start of the picture
 * @param {number} size of the picture
 * @param {number} space of the window
 * @param {number} before margin
 * @param {number} after margin
 */
function offset(scale, place, start, size, space, before, after) {
  const room = space - before - after;
  if (size * scale <= room + 1) return before + (room - size * scale) / 2 - start * scale;
  const [least, most] = [space - after - (start + size) * scale, before - start * scale];
  return Math.max(least, Math.min(most, space / 2 - place * scale));
}

/** Whether an event is for a picture inside a page that scrolls. @param {any} event */
function actsOnPicture(event) {
  if (event.type === "wheel") return event.ctrlKey || event.metaKey;
  if (event.type.startsWith("touch")) return event.touches.length > 1;
  return !event.ctrlKey && !event.button;
}
