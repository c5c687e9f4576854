/** Graphs in a file that no server stands behind: what was recorded is played, and all of it is in the page. */
import { defineElement } from "./element.js";

/** The layout's worker lies in an exported page as text, and beside this script in a site. */
function workerUrl() {
  const held = document.getElementById("tide-layout")?.textContent;
  return held ? URL.createObjectURL(new Blob([held])) : new URL("layout-worker.js", import.meta.url).href;
}

defineElement({ server: null, workerUrl, loadFonts() {} });
