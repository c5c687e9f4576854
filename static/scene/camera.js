/**
 * Pan, zoom and fit. The drawing and the names above it share one transform.
 *
 * @import {Box} from "../types.js"
 */
import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity } from "d3-zoom";

const LARGEST_FIT = 1.5;

/**
 * @param {SVGSVGElement} svg
 * @param {SVGGElement} drawing
 * @param {HTMLElement} labels
 * @param {{ duration: () => number }} options
 */
export function createCamera(svg, drawing, labels, { duration }) {
  const root = select(svg);
  /** @type {Box} */
  let box = { x: 0, y: 0, width: 0, height: 0 };
  let following = true;

  /** @type {import("d3-zoom").ZoomBehavior<SVGSVGElement, unknown>} */
  const behaviour = zoom();
  behaviour
    .scaleExtent([0.05, 4])
    .extent(() => [
      [0, 0],
      [svg.clientWidth, svg.clientHeight],
    ])
    .on("zoom", ({ transform, sourceEvent }) => {
      if (sourceEvent) following = false;
      drawing.setAttribute("transform", transform.toString());
      labels.style.transform = `translate(${transform.x}px, ${transform.y}px) scale(${transform.k})`;
    });
  root.call(behaviour).on("dblclick.zoom", null);

  /** @param {boolean} animate */
  function fit(animate) {
    const [width, height] = [svg.clientWidth, svg.clientHeight];
    if (width === 0 || height === 0 || box.width === 0) return;
    const margin = Math.min(40, width / 24);
    const scale = Math.min(
      LARGEST_FIT,
      (width - 2 * margin) / box.width,
      (height - 2 * margin) / box.height,
    );
    const transform = zoomIdentity
      .translate(width / 2, height / 2)
      .scale(scale)
      .translate(-box.x - box.width / 2, -box.y - box.height / 2);
    if (animate && duration() > 0) root.transition().duration(duration()).call(behaviour.transform, transform);
    else root.interrupt().call(behaviour.transform, transform);
  }

  return {
    /**
     * What there is to see. It is fitted into the window as long as nobody has moved the picture.
     *
     * @param {Box} next
     * @param {{ animate: boolean, reset: boolean }} options
     */
    frame(next, { animate, reset }) {
      box = next;
      if (reset) following = true;
      if (following) fit(animate);
    },

    fit() {
      following = true;
      fit(true);
    },

    resized() {
      if (following) fit(false);
    },

    /** @param {number} factor */
    zoomBy(factor) {
      following = false;
      root.transition().duration(duration() / 2).call(behaviour.scaleBy, factor);
    },
  };
}
