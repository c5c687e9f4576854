/**
 * What a trace looks like with some scopes open: the circles and squares on show, the arrows between them, the
 * steps as told at that level, and the moment at which each thing comes to pass.
 *
 * Moment m is the picture after m steps; moment 0 is before the first.
 *
 * @import {Scope, Trace, View, ViewEdge, ViewNode, ViewStep} from "../types.js"
 */
import { retellSums } from "./sum.js";
import { scopePath } from "./trace.js";

/**
 * @param {Trace} trace
 * @param {ReadonlySet<string>} open ids of the open scopes; the rest are one circle each
 * @returns {View}
 */
export function createView(trace, open) {
  const shown = createRepresentative(trace, open);
  const nodes = collectNodes(trace, shown);
  const edges = collectEdges(trace, shown);
  const steps = collectSteps(trace, shown, nodes);
  return {
    trace,
    nodes,
    order: new Map([...nodes.keys()].map((id, i) => [id, i])),
    edges,
    hulls: [...trace.scopes.values()].filter((scope) => open.has(scope.id) && shown.inScope(scope.id) === null),
    steps,
    ...findMoments(nodes, edges, steps, trace.outline ? Infinity : 0),
    enclosing: (id) => scopePath(trace.scopes, trace.nodes.get(id)?.scope ?? trace.scopes.get(id)?.parent ?? "").reverse(),
  };
}

/** @param {string} source @param {string} target */
export function edgeId(source, target) {
  return `${source}\u2192${target}`;
}

/**
 * The mark that shows a node: itself, or the outermost closed scope around it.
 *
 * @param {View} view
 * @param {string} id of a node of the trace
 */
export function shownAs(view, id) {
  return view.nodes.has(id) ? id : ([...view.enclosing(id)].reverse().find((scope) => view.nodes.has(scope)) ?? null);
}

/**
 * The moment of `next` at which as much of the trace has happened as at `moment` of `view`.
 *
 * @param {View} view
 * @param {View} next
 * @param {number} moment
 */
export function translateMoment(view, next, moment) {
  if (moment === 0) return 0;
  if (moment >= view.steps.length) return next.steps.length;
  const at = view.steps[moment - 1].at;
  const after = next.steps.findIndex((step) => step.at > at);
  return after < 0 ? next.steps.length : after;
}

/**
 * The moment of `next`, the view of another program, at which the step that `moment` of `view` has just seen is done;
 * both ends stay ends, and what is not there any more begins anew.
 *
 * @param {View} view
 * @param {View} next
 * @param {number} moment
 */
export function likeMoment(view, next, moment) {
  if (moment === 0) return 0;
  if (moment >= view.steps.length) return next.steps.length;
  const last = view.steps[moment - 1];
  const told = (/** @type {import("../types.js").ViewStep} */ { phase, kind, outputs, variable, through }) => String([phase, kind, outputs[0], variable, through]);
  return next.steps.findIndex((step) => told(step) === told(last)) + 1;
}

const ORDINALS = ["last", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/**
 * The moment at which what is named in words has just happened: `value of z`, `gradient of W1` (complete), `part W1 s`
 * (what reaches W1 through s), `after the first sum`, `start`, `turn`, `end`, `step 3`. 0 where it never does.
 * engine/teaching/moments.py reads the same names.
 *
 * @param {View} view
 * @param {string} words
 */
export function momentOf(view, words) {
  const [what = "start", id, through] = words.replace(/\b(?:after|of|the|through|at)\b/g, " ").split(/\s+/).filter(Boolean);
  if (what === "start") return 0;
  if (what === "end") return view.steps.length;
  if (what === "turn" || what === "forward") return view.steps.filter(({ phase }) => phase === "forward").length;
  if (what === "step") return Math.min(Math.max(0, Number(id) || 0), view.steps.length);
  if (id === undefined) return momentOf(view, `value ${what}`);
  const ordinal = /^(\d+)(?:st|nd|rd|th)$/.exec(what)?.[1];
  if (ordinal || ORDINALS.includes(what)) return nthMoment(view, ordinal ? Number(ordinal) : ORDINALS.indexOf(what), id);
  const at = view.steps.findIndex((step) => {
    if (what === "value") return step.phase === "forward" && step.outputs.includes(id);
    if (step.phase !== "backward" || step.variable !== id) return false;
    return what === "gradient" ? step.final : step.through === through;
  });
  return at + 1;
}

/** The moment after an operator was applied for the so-manieth time; 0 is the last. @param {View} view @param {number} count @param {string} name */
function nthMoment(view, count, name) {
  const done = view.steps.flatMap(({ phase, operator }, i) => (phase === "forward" && view.nodes.get(operator ?? "")?.name === name ? [i + 1] : []));
  return (count === 0 ? done.at(-1) : done[count - 1]) ?? 0;
}

/**
 * @param {Trace} trace
 * @param {ReadonlySet<string>} open
 */
function createRepresentative(trace, open) {
  /** @type {Map<string, string | null>} */
  const closed = new Map([["", null]]);
  for (const scope of trace.scopes.values()) {
    closed.set(scope.id, closed.get(scope.parent) ?? (open.has(scope.id) ? null : scope.id));
  }
  /** @param {string} id the closed scope that hides what lies in scope `id`, or null */
  const inScope = (id) => closed.get(id) ?? null;
  return {
    inScope,
    /** @param {string} id */
    ofNode: (id) => inScope(trace.nodes.get(id)?.scope ?? "") ?? id,
  };
}

/** @typedef {ReturnType<typeof createRepresentative>} Representative */

/**
 * @param {Trace} trace
 * @param {Representative} shown
 * @returns {Map<string, ViewNode>}
 */
function collectNodes(trace, shown) {
  /** @type {Map<string, ViewNode>} */
  const nodes = new Map();
  for (const node of trace.nodes.values()) {
    const id = shown.ofNode(node.id);
    if (nodes.has(id)) continue;
    const scope = id === node.id ? null : (trace.scopes.get(id) ?? null);
    nodes.set(id, scope ? scopeNode(scope) : plainNode(node));
  }
  return nodes;
}

/** @param {Scope} scope @returns {ViewNode} */
function scopeNode(scope) {
  return {
    id: scope.id,
    kind: "operator",
    parent: scope.parent,
    latex: scope.symbol,
    name: scope.name,
    role: null,
    variable: null,
    scope,
  };
}

/** @param {import("../types.js").TraceNode} node @returns {ViewNode} */
function plainNode(node) {
  const isVariable = node.kind === "variable";
  return {
    id: node.id,
    kind: node.kind,
    parent: node.scope,
    latex: isVariable ? node.latex : node.symbol,
    name: isVariable ? node.id : node.op,
    role: isVariable ? node.role : null,
    variable: isVariable ? node : null,
    scope: null,
  };
}

/**
 * What a closed scope makes and reads itself, as an LSTM cell its memory, is drawn as made: an arrow back to where it
 * came from would run against the flow.
 *
 * @param {Trace} trace
 * @param {Representative} shown
 * @returns {Map<string, ViewEdge>}
 */
function collectEdges(trace, shown) {
  /** @type {Map<string, ViewEdge>} */
  const edges = new Map();
  const makers = new Map(trace.edges.filter(({ target }) => trace.nodes.get(target)?.kind === "variable").map(({ source, target }) => [target, source]));
  for (const edge of trace.edges) {
    const source = shown.ofNode(edge.source);
    const target = shown.ofNode(edge.target);
    const maker = makers.get(edge.source);
    if (source === target || (maker !== undefined && shown.ofNode(maker) === target)) continue;
    const id = edgeId(source, target);
    const known = edges.get(id);
    if (known) known.keys.push(edge.key);
    else edges.set(id, { id, source, target, keys: [edge.key] });
  }
  return edges;
}

/**
 * A closed scope tells its work in its own steps, at the place where its inner steps would have been.
 *
 * @param {Trace} trace
 * @param {Representative} shown
 * @param {Map<string, ViewNode>} nodes
 * @returns {ViewStep[]}
 */
function collectSteps(trace, shown, nodes) {
  /** @type {Map<string, number[]>} */
  const hidden = new Map();
  trace.steps.forEach((step, i) => {
    const scope = shown.inScope(step.scope);
    if (scope === null) return;
    const key = `${step.phase} ${scope}`;
    const run = hidden.get(key);
    if (run) run.push(i + 1);
    else hidden.set(key, [i + 1]);
  });
  /** @type {ViewStep[]} */
  const steps = [];
  trace.steps.forEach((step, i) => {
    const id = shown.inScope(step.scope);
    const scope = id === null ? null : trace.scopes.get(id);
    if (!scope) {
      steps.push({ ...step, at: i + 1 });
      return;
    }
    const run = hidden.get(`${step.phase} ${scope.id}`) ?? [];
    if (run[0] !== i + 1) return;
    scope[step.phase === "forward" ? "forward" : "backward"].forEach((told, k, all) => {
      steps.push({ ...told, at: run[Math.ceil(((k + 1) * run.length) / all.length) - 1] ?? i + 1 });
    });
  });
  const visible = steps.filter(
    (step) => step.phase === "forward" || (step.variable != null && nodes.has(step.variable)),
  );
  return retellSums(visible);
}

/**
 * @param {Map<string, ViewNode>} nodes
 * @param {Map<string, ViewEdge>} edges
 * @param {ViewStep[]} steps
 * @param {number} given the moment from which declared variables show their values
 */
function findMoments(nodes, edges, steps, given) {
  /** @type {Map<string, number>} */
  const valueMoments = new Map();
  /** @type {Map<string, import("../types.js").Contribution[]>} */
  const contributions = new Map();
  /** @type {Map<string, { forward: number; backward: number }>} */
  const edgeMoments = new Map([...edges.keys()].map((id) => [id, { forward: Infinity, backward: Infinity }]));
  /** @type {Map<string, number>} */
  const fired = new Map();
  /** @type {View["updates"]} */
  const updates = new Map();

  steps.forEach((step, i) => {
    const moment = i + 1;
    if (step.phase === "forward") {
      if (step.operator) fired.set(step.operator, moment);
      for (const id of step.outputs) if (nodes.has(id)) valueMoments.set(id, moment);
      return;
    }
    if (!step.variable) return;
    if (step.phase === "update") {
      if (step.after !== undefined) updates.set(step.variable, { moment, after: step.after });
      return;
    }
    const received = contributions.get(step.variable);
    if (received) received.push({ moment, step });
    else contributions.set(step.variable, [{ moment, step }]);
    for (const id of backwardEdges(step)) {
      const moments = edgeMoments.get(id);
      if (moments) moments.backward = Math.min(moments.backward, moment);
    }
  });

  for (const edge of edges.values()) {
    const moments = edgeMoments.get(edge.id);
    const moment = fired.get(edge.source) ?? fired.get(edge.target);
    if (moments && moment !== undefined) moments.forward = moment;
  }
  for (const node of nodes.values()) {
    if (node.kind === "variable" && !valueMoments.has(node.id)) valueMoments.set(node.id, given);
  }
  return { valueMoments, contributions, edgeMoments, updates };
}

/**
 * The edges that a gradient runs back along in a step, first the one it comes in by.
 *
 * @param {ViewStep} step
 * @returns {string[]}
 */
export function backwardEdges(step) {
  if (step.kind !== "contribution" || !step.operator || !step.variable || !step.through) return [];
  return [edgeId(step.operator, step.through), edgeId(step.variable, step.operator)];
}
