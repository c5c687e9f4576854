/**
 * Puts frames in the place of the pictures in a notebook's outputs. It comes with each output; where the player is not in
 * the page, the picture stays, with one line below it, until the player comes.
 */
import { frameOf, hasPlayer } from "./frames.js";

const ARRIVAL = "tidegraph-player";
const page = /** @type {{ tidegraphWaits?: boolean }} */ (globalThis);

function wake() {
  for (const output of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tidegraph]"))) {
    const { tidegraph: name = "", body = "", title = "", language = "" } = output.dataset;
    if (!hasPlayer(name)) continue;
    delete output.dataset.tidegraph;
    frameOf(name, { body, title, language }).then((frame) => {
      frame.style.cssText = "position:absolute;inset:0;width:100%;height:100%;border:0";
      output.replaceChildren(frame);
    });
  }
}

if (!page.tidegraphWaits) addEventListener(ARRIVAL, wake);
page.tidegraphWaits = true;
wake();
