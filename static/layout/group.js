/**
 * Parameters that the same marks read, as the weights of a recurrent network are read in each of its steps, stand
 * together and share a trunk: ELK sees one box with one line to each reader.
 *
 * @import {Layout, Point, View, ViewEdge, ViewNode} from "../types.js"
 */
import { HALF_SIDE } from "./geometry.js";

/** So many squares at least are worth a trunk, and so many readers. */
const FEWEST = { members: 3, readers: 2 };
/** From one square to the next, and room for the lines below each row and for the trunk to the right of all. */
const PITCH = { x: 2 * HALF_SIDE + 12, y: 2 * HALF_SIDE + 28 };
const LANE = 14;
const TRUNK = 8;

/** @typedef {{ id: string, members: string[], columns: number, width: number, height: number }} Group */

/**
 * @param {View} view
 * @returns {{ view: View, groups: Map<string, Group> }} the same view with a mark for each group in place of its squares
 */
export function gather(view) {
  /** @type {Map<string, string[]>} */
  const readers = new Map();
  const made = new Set();
  for (const { source, target } of view.edges.values()) {
    readers.set(source, [...(readers.get(source) ?? []), target]);
    made.add(target);
  }
  /** @type {Map<string, string[]>} */
  const alike = new Map();
  for (const { id, kind, role, parent } of view.nodes.values()) {
    const targets = readers.get(id) ?? [];
    if (kind !== "variable" || role !== "parameter" || made.has(id) || targets.length < FEWEST.readers) continue;
    const key = JSON.stringify([parent, [...targets].sort()]);
    alike.set(key, [...(alike.get(key) ?? []), id]);
  }
  /** @type {Map<string, Group>} */
  const groups = new Map();
  /** @type {Map<string, string>} */
  const within = new Map();
  for (const members of alike.values()) {
    if (members.length < FEWEST.members) continue;
    const columns = Math.ceil(Math.sqrt(1.3 * members.length));
    const rows = Math.ceil(members.length / columns);
    const id = `group ${members[0]}`;
    groups.set(id, { id, members, columns, width: columns * PITCH.x + TRUNK, height: rows * PITCH.y });
    for (const member of members) within.set(member, id);
  }
  if (groups.size === 0) return { view, groups };
  /** @type {Map<string, ViewNode>} */
  const nodes = new Map();
  for (const node of view.nodes.values()) {
    const id = within.get(node.id);
    if (id === undefined) nodes.set(node.id, node);
    else if (!nodes.has(id)) nodes.set(id, { ...node, id });
  }
  /** @type {Map<string, ViewEdge>} */
  const edges = new Map();
  for (const edge of view.edges.values()) {
    const source = within.get(edge.source) ?? edge.source;
    const id = `${source}\u2192${edge.target}`;
    if (!edges.has(id)) edges.set(id, { ...edge, id, source });
  }
  return { view: { ...view, nodes, edges }, groups };
}

/**
 * The squares of each group in its box, and their lines down to the lane below them, to the trunk and on along it. A
 * group's own place is that of a square at the right end of its box.
 *
 * @param {View} view
 * @param {Map<string, Group>} groups
 * @param {Layout} layout of the view with the groups
 * @returns {Layout}
 */
export function scatter(view, groups, layout) {
  if (groups.size === 0) return layout;
  const nodes = new Map(layout.nodes);
  const edges = new Map(layout.edges);
  for (const { id, members, columns, width, height } of groups.values()) {
    const place = /** @type {Point} */ (nodes.get(id));
    nodes.delete(id);
    const corner = { x: place.x + HALF_SIDE - width, y: place.y - height / 2 };
    const trunk = corner.x + width - TRUNK;
    members.forEach((member, i) => {
      const x = corner.x + (i % columns) * PITCH.x + HALF_SIDE;
      const y = corner.y + Math.floor(i / columns) * PITCH.y + HALF_SIDE;
      nodes.set(member, { x, y });
      const lane = y + HALF_SIDE + LANE;
      for (const edge of view.edges.values()) {
        if (edge.source !== member) continue;
        const line = layout.edges.get(`${id}\u2192${edge.target}`) ?? [];
        edges.set(edge.id, [{ x, y: y + HALF_SIDE }, { x, y: lane }, { x: trunk, y: lane }, { x: trunk, y: line[0].y }, ...line.slice(1)]);
      }
    });
    for (const key of layout.edges.keys()) if (key.startsWith(`${id}\u2192`)) edges.delete(key);
  }
  return {
    nodes: new Map([...view.nodes.keys()].map((id) => [id, /** @type {Point} */ (nodes.get(id))])),
    edges: new Map([...view.edges.keys()].map((id) => [id, /** @type {Point[]} */ (edges.get(id))])),
    hulls: layout.hulls,
  };
}
