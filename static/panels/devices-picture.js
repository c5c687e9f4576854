/**
 * A placement in the picture: each mark in its device's colour and with its number, each arrow between devices with
 * the bytes that travel along it. A closed scope stands for all that is inside.
 *
 * @import {View} from "../types.js"
 * @import {Paint} from "../scene/annotate.js"
 */
import { edgeId, shownAs } from "../state/view.js";
import { formatBytes } from "../i18n/format.js";
import { t } from "../i18n/strings.js";

/**
 * The devices of every mark in the picture.
 *
 * @param {View} view
 * @param {any} body of the API's answer
 * @param {any} strategy
 * @returns {Map<string, number[]>}
 */
export function devicesOf(view, body, strategy) {
  /** @type {Map<string, Set<number>>} */
  const found = new Map();
  const all = Array.from({ length: strategy.devices }, (_, i) => i);
  for (const id of view.trace.nodes.keys()) {
    const places = strategy.placed === "stages" ? body.placement[id] : all;
    const shown = places && shownAs(view, id);
    if (!shown) continue;
    const known = found.get(shown) ?? new Set();
    for (const place of places) known.add(place);
    found.set(shown, known);
  }
  return new Map([...found].map(([id, places]) => [id, [...places].sort((a, b) => a - b)]));
}

/**
 * @param {View} view
 * @param {any} body
 * @param {any} strategy
 * @returns {Paint}
 */
export function paintDevices(view, body, strategy) {
  if (strategy.placed === "parts") return { nodes: partsOf(view, strategy), edges: new Map() };
  const nodes = new Map();
  for (const [id, places] of devicesOf(view, body, strategy)) {
    const words = t("devices.on", { devices: places.map((place) => place + 1).join(t("step.comma")) });
    const [first] = strategy.placed === "stages" ? (body.placement[id] ?? []) : [];
    const one = places.length === 1 ? places[0] : first;
    nodes.set(id, { tint: one === undefined ? "ink-soft" : `device-${one % 8}`, sign: signOf(places), words });
  }
  const edges = strategy.placed === "stages" ? cutEdges(view, body) : new Map();
  return { nodes, edges };
}

/** @param {number[]} places in rising order */
function signOf(places) {
  if (places.length < 3) return places.map((place) => place + 1).join("+");
  return `${places[0] + 1}\u2013${places[places.length - 1] + 1}`;
}

/** @param {View} view @param {any} strategy */
function partsOf(view, strategy) {
  const nodes = new Map();
  const sign = `1/${strategy.devices}`;
  const words = t("devices.part", { devices: strategy.devices });
  for (const id of strategy.divided) {
    const shown = shownAs(view, id);
    if (shown) nodes.set(shown, { tint: "device-0", sign, words });
    for (const edge of view.edges.values()) {
      const leaf = view.nodes.get(edge.source);
      if (edge.target === shown && leaf?.role === "parameter") nodes.set(edge.source, { tint: "device-0", sign, words });
    }
  }
  return nodes;
}

/** Each message once: several arrows to one device share it. @param {View} view @param {any} body */
function cutEdges(view, body) {
  /** @type {Map<string, Map<string, number>>} */
  const found = new Map();
  for (const cut of body.cuts) {
    const [source, target] = [shownAs(view, cut.source), shownAs(view, cut.target)];
    if (source === null || target === null || source === target) continue;
    const id = edgeId(source, target);
    const known = found.get(id) ?? new Map();
    known.set(`${cut.source} ${cut.receiver}`, cut.bytes);
    found.set(id, known);
  }
  return new Map([...found].map(([id, parts]) => [id, formatBytes([...parts.values()].reduce((a, b) => a + b, 0))]));
}
