/**
 * What can be taken away from the page: its address, the picture as SVG or PNG, the derivation as LaTeX, the trace
 * as JSON.
 *
 * @import {Session} from "../state/session.js"
 */
import { button, make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";

const MARGIN = 24;
const SVG = "http://www.w3.org/2000/svg";
/** What the style sheets say of a mark, written onto it. */
const PROPERTIES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor"];

/**
 * @param {{
 *   box: HTMLElement,
 *   graph: HTMLElement,
 *   session: Session,
 *   player: import("../state/player.js").Player,
 *   fetchFile: (path: string, body: object) => Promise<Blob>,
 *   moves: () => Record<string, [number, number]>,
 * }} page
 */
export function createShare({ box, graph, session, player, fetchFile, moves }) {
  /** @type {ReturnType<typeof import("./embed.js").createEmbedDialog> | null} */
  let dialog = null;
  /** @type {ReturnType<typeof import("./take-code.js").createCodeDialog> | null} */
  let coder = null;
  const said = make("p", { class: "note", role: "status" }, t("share.link.words"));
  box.append(
    button(t("share.link"), copyLink, { class: "small-button" }),
    said,
    button(t("share.embed"), embed, { class: "small-button" }),
    button(t("share.code"), takeCode, { class: "small-button" }),
    button(t("share.svg"), () => save("graph.svg", "image/svg+xml", standalone(graph).text), { class: "small-button" }),
    button(t("share.png"), savePicture, { class: "small-button" }),
    button(t("share.latex"), () => save("derivation.tex", "text/x-tex", derivation(session)), { class: "small-button" }),
    button(t("share.json"), saveTrace, { class: "small-button" }),
    button(t("share.print"), () => print(), { class: "small-button" }),
  );
  box.addEventListener("toggle", () => (said.textContent = t("share.link.words")));

  async function embed() {
    const { createEmbedDialog } = await import("./embed.js");
    dialog ??= createEmbedDialog({ session, player, fetchFile, moves, hand });
    box.hidePopover();
    dialog.show();
  }

  async function takeCode() {
    const { createCodeDialog } = await import("./take-code.js");
    coder ??= createCodeDialog({ session, fetchFile, hand });
    box.hidePopover();
    coder.show();
  }

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = t("share.copied");
    } catch {
      said.textContent = location.href;
    }
  }

  async function savePicture() {
    const { text, width, height } = standalone(graph);
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = make("canvas", { width: String(Math.round(2 * width)), height: String(Math.round(2 * height)) });
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && hand("graph.png", blob));
  }

  function saveTrace() {
    const { trace } = session;
    if (!trace) return;
    const body = { ...trace, nodes: [...trace.nodes.values()], scopes: [...trace.scopes.values()] };
    save("trace.json", "application/json", JSON.stringify({ program: session.program, values: session.values, ...body }));
  }
}

/** The derivation of what is on show, one aligned equation a step. @param {Session} session */
export function derivation({ view }) {
  const lines = (view?.steps ?? []).map(({ equation }) => equation.symbolic ?? "").filter((line) => line.includes(" = "));
  const aligned = lines.map((line) => `  ${String(line).replace(" = ", " &= ")}`).join(" \\\\\n");
  return `\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n\\allowdisplaybreaks\n\\begin{align*}\n${aligned}\n\\end{align*}\n\\end{document}\n`;
}

/**
 * The drawing as a file of its own: every style written out, names as text, and nothing but the graph in it.
 *
 * @param {HTMLElement} graph
 */
export function standalone(graph) {
  const drawn = /** @type {SVGSVGElement} */ (graph.querySelector("svg.drawing"));
  const scene = /** @type {SVGGElement} */ (drawn.querySelector("g"));
  const copy = /** @type {SVGGElement} */ (scene.cloneNode(true));
  const originals = [...scene.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const property of PROPERTIES) element.setAttribute(property, style.getPropertyValue(property));
    for (const name of [...element.getAttributeNames()]) {
      if (/^(class|style|tabindex|role|aria-|data-)/.test(name)) element.removeAttribute(name);
    }
  });
  copy.removeAttribute("transform");
  for (const label of graph.querySelectorAll(".labels .label")) copy.append(name(/** @type {HTMLElement} */ (label)));
  const box = scene.getBBox();
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("viewBox", `${box.x - MARGIN} ${box.y - MARGIN} ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const paper = document.createElementNS(SVG, "rect");
  const place = { x: box.x - MARGIN, y: box.y - MARGIN, width, height, fill: getComputedStyle(document.body).backgroundColor };
  for (const [key, value] of Object.entries(place)) paper.setAttribute(key, String(value));
  svg.append(paper, copy);
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

/** A mark's name, each piece of its mathematics where KaTeX has set it. @param {HTMLElement} label */
function name(label) {
  const group = document.createElementNS(SVG, "g");
  const { m41, m42 } = new DOMMatrix(label.style.transform);
  const origin = label.getBoundingClientRect();
  const scale = new DOMMatrix(getComputedStyle(/** @type {HTMLElement} */ (label.parentElement)).transform).a || 1;
  const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const piece = /** @type {Text} */ (walker.currentNode);
    const holder = /** @type {HTMLElement} */ (piece.parentElement);
    const range = document.createRange();
    range.selectNodeContents(piece);
    const box = range.getBoundingClientRect();
    if (box.width === 0) continue;
    const style = getComputedStyle(holder);
    const size = (parseFloat(style.fontSize) * box.width) / Math.max(1, holder.offsetWidth || box.width) / scale;
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", String(m41 + (box.left + box.width / 2 - origin.left) / scale));
    text.setAttribute("y", String(m42 + (box.top + box.height / 2 - origin.top) / scale));
    text.setAttribute("text-anchor", "middle");
    text.setAttribute("dominant-baseline", "central");
    text.setAttribute("font-family", "KaTeX_Main, Latin Modern Math, STIX Two Math, Cambria Math, serif");
    text.setAttribute("font-size", String(Math.min(20, size)));
    text.setAttribute("font-style", style.fontStyle);
    text.setAttribute("font-weight", style.fontWeight);
    text.setAttribute("fill", style.color);
    text.textContent = piece.textContent;
    group.append(text);
  }
  return group;
}

/** @param {string} file @param {string} type @param {string} text */
function save(file, type, text) {
  hand(file, new Blob([text], { type }));
}

/** @param {string} file @param {Blob} blob */
function hand(file, blob) {
  const url = URL.createObjectURL(blob);
  const link = make("a", { href: url, download: file });
  link.click();
  URL.revokeObjectURL(url);
}
