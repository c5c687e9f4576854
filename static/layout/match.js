/**
 * The marks of one view that are also in another: what keeps its place when the picture changes.
 *
 * @import {Drawing, Point, View} from "../types.js"
 */

/**
 * Which marks of an edited graph are marks of the one before: those of the same name, operators that do the same with
 * the same, and operators that make what another one made before them.
 *
 * @param {View} before
 * @param {View} after
 * @returns {Map<string, string>} ids after to ids before
 */
export function matchMarks(before, after) {
  /** @type {Map<string, string>} */
  const same = new Map();
  for (const [id, { kind }] of after.nodes) if (before.nodes.get(id)?.kind === kind) same.set(id, id);
  const taken = new Set(same.values());
  const [old, fresh] = [readings(before), readings(after)];
  /** @param {(id: string) => string | undefined} find */
  const pair = (find) => {
    for (const [id, { kind }] of after.nodes) {
      if (kind !== "operator" || same.has(id)) continue;
      const known = find(id);
      if (known === undefined || taken.has(known)) continue;
      same.set(id, known);
      taken.add(known);
    }
  };
  const does = (/** @type {View} */ view, /** @type {string} */ id, /** @type {string[]} */ inputs) => `${view.nodes.get(id)?.name} ${inputs.join(" ")}`;
  const doing = new Map([...old.inputs].map(([id, inputs]) => [does(before, id, inputs), id]));
  pair((id) => doing.get(does(after, id, (fresh.inputs.get(id) ?? []).map((input) => same.get(input) ?? input))));
  pair((id) => old.makers.get(same.get(fresh.outputs.get(id) ?? "") ?? ""));
  return same;
}

/** What each operator reads and makes. @param {View} view */
function readings({ nodes, edges }) {
  /** @type {Map<string, string[]>} */
  const inputs = new Map();
  /** @type {Map<string, string>} */
  const outputs = new Map();
  /** @type {Map<string, string>} */
  const makers = new Map();
  for (const { source, target } of edges.values()) {
    if (nodes.get(target)?.kind === "operator") inputs.set(target, [...(inputs.get(target) ?? []), source].sort());
    else {
      outputs.set(source, target);
      makers.set(target, source);
    }
  }
  return { inputs, outputs, makers };
}

/**
 * Where marks and open scopes of a view stand in a drawing of another: a scope that was opened where its circle was,
 * one that was closed in the middle of where it was open.
 *
 * @param {View} view
 * @param {Drawing} before
 * @returns {Map<string, Point>}
 */
export function placesIn(view, { view: seen, laid }) {
  /** @type {Map<string, Point>} */
  const places = new Map();
  const put = (/** @type {string} */ id, /** @type {Point | undefined} */ place) => place && places.set(id, place);
  for (const [id, known] of matchMarks(seen, view)) put(id, laid.nodes.get(known));
  for (const id of [...view.nodes.keys(), ...view.hulls.map((hull) => hull.id)]) {
    const hull = laid.hulls.get(id);
    if (hull) put(id, { x: hull.x + hull.width / 2, y: hull.y + hull.height / 2 });
    else put(id, laid.nodes.get(id));
  }
  return places;
}
