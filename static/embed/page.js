/**
 * `/embed`: the page that others frame. What it shows is in its address: program, values and moment in the fragment,
 * as in the page's own links; how it shows it in the fragment or the query. It tells the page around it its height
 * and what happens.
 */
import { decodePlace } from "../state/url.js";

const EVENTS = ["step", "select", "values", "ready", "problem"];
const COPIED = ["theme", "panels", "steps", "digits"];
const SWITCHES = ["autoplay", "readonly", "scientific"];

/** @type {HTMLElement | null} */
let graph = null;

async function show() {
  const fragment = location.hash.replace(/^#/, "");
  const wishes = new URLSearchParams([...new URLSearchParams(location.search), ...new URLSearchParams(fragment)]);
  const place = await decodePlace(wishes.toString());
  const element = document.createElement("tide-graph");
  const example = place.example ?? document.body.dataset.example;
  if (place.program) element.setAttribute("program", place.program);
  else element.setAttribute("example", example ?? "chapter");
  if (place.values) element.setAttribute("values", JSON.stringify(place.values));
  if (place.sizes) element.setAttribute("sizes", JSON.stringify(place.sizes));
  if (place.open) element.setAttribute("open", place.open.join(","));
  if (place.moment) element.setAttribute("moment", String(place.moment));
  for (const name of COPIED) {
    const wish = wishes.get(name);
    if (wish) element.setAttribute(name, wish);
  }
  for (const name of SWITCHES) {
    element.toggleAttribute(name, wishes.has(name) && !["0", "false"].includes(wishes.get(name) ?? ""));
  }
  const height = Number(wishes.get("height"));
  if (height > 0) {
    element.dataset.height = "";
    element.style.setProperty("--height", `${height}px`);
  }
  document.documentElement.lang = wishes.get("language") ?? navigator.language;
  document.documentElement.dataset.theme = wishes.get("theme") ?? "auto";
  for (const name of EVENTS) {
    element.addEventListener(name, (event) => tell(name, /** @type {CustomEvent} */ (event).detail));
  }
  if (graph) graph.replaceWith(element);
  else document.body.append(element);
  graph = element;
  if (height > 0) tell("height", { height });
}

/** @param {string} event @param {object} detail */
function tell(event, detail) {
  if (parent !== window) parent.postMessage({ source: "tidegraph", event, ...detail }, "*");
}

addEventListener("hashchange", show);
show();
