import assert from "node:assert/strict";
import { test } from "node:test";
import ELK from "elkjs";
import { figureLayout, fitsFigure } from "../../static/layout/figure.js";
import { layFlow } from "../../static/layout/flow.js";
import { clears, boxAround, halfSize } from "../../static/layout/geometry.js";
import { layered } from "../../static/layout/layered.js";
import { chooseMetrics } from "../../static/layout/layout.js";
import { layersLayout } from "../../static/layout/lines.js";
import { still, tweenLayouts } from "../../static/layout/tween.js";
import { wrap } from "../../static/layout/wrap.js";
import { createTrace } from "../../static/state/trace.js";
import { createView } from "../../static/state/view.js";
import { chain, chapter, FIGURE } from "./support.mjs";

/** @import {Layout, Point, View} from "../../static/types.js" */

const METRICS = { cellX: 112, cellY: 112 };
const trace = createTrace(await chapter());
const closed = createView(trace, new Set());
const open = createView(trace, new Set(["l2"]));
const wide = createView(trace, new Set(["l2", "squared_error"]));

/** @param {View} view @param {import("../../static/types.js").Drawing} [before] */
function flow(view, before) {
  return layFlow((root) => new ELK().layout(root), view, METRICS, before);
}

/** @param {Layout} layout @param {string} id */
function at(layout, id) {
  return /** @type {Point} */ (layout.nodes.get(id));
}

/** Every mark has a place, no two overlap, lines meet their marks' borders and stay clear of all others. */
function assertTidy(/** @type {View} */ view, /** @type {Layout} */ layout) {
  const marks = [...view.nodes.values()].map((node) => ({ node, centre: at(layout, node.id), half: halfSize(node) }));
  for (const [i, a] of marks.entries()) {
    assert.ok(Number.isFinite(a.centre.x) && Number.isFinite(a.centre.y), a.node.id);
    for (const b of marks.slice(i + 1)) {
      const apart = Math.max(Math.abs(a.centre.x - b.centre.x), Math.abs(a.centre.y - b.centre.y));
      assert.ok(apart >= a.half + b.half, `${a.node.id} and ${b.node.id} overlap`);
    }
  }
  for (const edge of view.edges.values()) {
    const points = layout.edges.get(edge.id) ?? [];
    assert.ok(points.length >= 2, edge.id);
    for (const [id, end] of /** @type {[string, Point][]} */ ([
      [edge.source, points[0]],
      [edge.target, points[points.length - 1]],
    ])) {
      const node = view.nodes.get(id);
      assert.ok(node);
      const [dx, dy] = [end.x - at(layout, id).x, end.y - at(layout, id).y];
      const distance = node.kind === "variable" ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.hypot(dx, dy);
      assert.ok(Math.abs(distance - halfSize(node)) < 1e-6, `${edge.id} does not meet ${id}`);
    }
    for (const { node, centre, half } of marks) {
      if (node.id === edge.source || node.id === edge.target) continue;
      const clear = points.every((point, i) => i === 0 || clears(points[i - 1], point, boxAround(centre, half)));
      assert.ok(clear, `${edge.id} crosses ${node.id}`);
    }
  }
}

test("the figure has every mark in its column and row", () => {
  assert.ok(fitsFigure(closed, FIGURE));
  const layout = figureLayout(closed, FIGURE, METRICS);
  assertTidy(closed, layout);
  for (const [id, [column, row]] of Object.entries(FIGURE)) {
    for (const [other, [otherColumn, otherRow]] of Object.entries(FIGURE)) {
      assert.equal(Math.sign(at(layout, id).x - at(layout, other).x), Math.sign(column - otherColumn));
      assert.equal(Math.sign(at(layout, other).y - at(layout, id).y), Math.sign(row - otherRow));
    }
  }
});

test("opening a scope makes room for its inside and keeps the figure's order", () => {
  assert.ok(fitsFigure(open, FIGURE));
  const layout = figureLayout(open, FIGURE, METRICS);
  assertTidy(open, layout);
  const hull = layout.hulls.get("l2");
  assert.ok(hull);
  for (const node of open.nodes.values()) {
    const { x, y } = at(layout, node.id);
    /** @type {boolean} */
    const inside = x > hull.x && x < hull.x + hull.width && y > hull.y && y < hull.y + hull.height;
    assert.equal(inside, node.parent === "l2", node.id);
  }
  assert.ok(at(layout, "x").x < at(layout, "z").x && at(layout, "J").y < at(layout, "L").y);
});

test("a figure may place the inside of a scope too", () => {
  const inside = [...open.nodes.values()].filter(({ parent }) => parent === "l2").map(({ id }) => id);
  const column = Object.fromEntries(inside.map((id, i) => [id, /** @type {[number, number]} */ ([1, i + 1])]));
  const layout = figureLayout(open, { ...FIGURE, ...column }, METRICS);
  assertTidy(open, layout);
  assert.equal(new Set(inside.map((id) => at(layout, id).x)).size, 1);
  const heights = inside.map((id) => -at(layout, id).y);
  assert.deepEqual(heights, [...heights].sort((a, b) => a - b));
});

test("every scope of a figure can be open at once", () => {
  const layout = figureLayout(wide, FIGURE, METRICS);
  assertTidy(wide, layout);
  assert.deepEqual([...layout.hulls.keys()].sort(), ["l2", "squared_error"]);
});

test("scopes that are open within others are more than a figure has room for", () => {
  const nested = createView(createTrace(chain(9, 3)), new Set(["s0", "s0.t0", "s0.t1"]));
  const figure = /** @type {import("../../static/types.js").GridHints} */ ({ v0: [1, 1], s0: [2, 1], v9: [3, 1] });
  assert.ok(fitsFigure(createView(nested.trace, new Set(["s0"])), figure));
  assert.ok(!fitsFigure(nested, figure));
});

test("a figure does not serve a graph that it does not know", () => {
  const rest = Object.fromEntries(Object.entries(FIGURE).filter(([id]) => id !== "J"));
  assert.ok(!fitsFigure(closed, rest));
  assert.ok(!fitsFigure(closed, null));
});

test("a general layout runs to the right and has parameters above their operator", async () => {
  const view = createView(createTrace(chain(9)), new Set());
  const layout = await flow(view);
  assertTidy(view, layout);
  for (const edge of view.edges.values()) assert.ok(at(layout, edge.source).x < at(layout, edge.target).x);
  const ys = [...view.nodes.keys()].map((id) => Math.round(at(layout, id).y));
  assert.equal(new Set(ys).size, 1, "the chain is one straight line");

  const figure = await flow(closed);
  assertTidy(closed, figure);
  assert.ok(at(figure, "y").y < at(figure, "squared_error").y);
  assert.ok(Math.abs(at(figure, "y").x - at(figure, "squared_error").x) < 1e-6);
});

test("a general layout holds an open scope in its hull", async () => {
  const layout = await flow(open);
  assertTidy(open, layout);
  assert.deepEqual([...layout.hulls.keys()], ["l2"]);
});

test("what is read in several places is one trunk with branches", async () => {
  const layout = await flow(closed);
  const starts = ["W1\u2192matmul:z", "W1\u2192l2"].map((id) => layout.edges.get(id)?.[0]);
  assert.ok(starts[0]);
  assert.deepEqual(starts[0], starts[1]);
});

test("lines of many squares above an operator pass below each other", async () => {
  const body = chain(1);
  for (let i = 0; i < 7; i += 1) {
    const node = { ...body.graph.nodes[0], id: `w${i}`, role: "parameter" };
    body.graph.nodes.push(/** @type {import("../../static/types.js").VariableNode} */ (node));
    body.graph.edges.push({ source: `w${i}`, target: "add:v1", key: i + 1 });
  }
  const view = createView(createTrace(body), new Set());
  const layout = await flow(view);
  assertTidy(view, layout);
  assert.equal(new Set([...Array(7).keys()].map((i) => at(layout, `w${i}`).y)).size, 1);
});

test("what stood above something stays above it when the picture is laid out again", async () => {
  const fresh = await flow(open);
  const mirrored = new Map([...fresh.nodes].map(([id, { x, y }]) => [id, { x, y: -y }]));
  const kept = await flow(open, { view: open, laid: { ...fresh, nodes: mirrored } });
  assertTidy(open, kept);
  const inside = (/** @type {Layout} */ layout) => Math.sign(at(layout, "l2.power").y - at(layout, "l2.power_2").y);
  assert.notEqual(inside(fresh), 0);
  assert.equal(inside(kept), -inside(fresh));
});

test("a drawing too long for the window goes on in lines, and one that fits stays as it is", async () => {
  const view = createView(createTrace(chain(15)), new Set());
  const long = await flow(view);
  assert.equal(wrap(view, long, { width: 4000, height: 900 }), long);
  const lines = wrap(view, long, { width: 400, height: 600 });
  assertTidy(view, lines);
  const width = (/** @type {Layout} */ { nodes }) => Math.max(...[...nodes.values()].map(({ x }) => x)) - Math.min(...[...nodes.values()].map(({ x }) => x));
  assert.ok(width(lines) < width(long) / 2);
  assert.ok(at(lines, "v15").y > at(lines, "v0").y);
});

test("an open scope of a very large graph holds its marks and no others", () => {
  const trace = createTrace(chain(900, 3));
  const view = createView(trace, new Set([...trace.scopes.keys()]));
  const layout = layersLayout(view, METRICS);
  assert.ok(new Set([...layout.nodes.values()].map(({ y }) => y)).size > 10, "it is in several lines");
  for (const [id, { x, y, width, height }] of layout.hulls) {
    for (const node of view.nodes.values()) {
      const place = at(layout, node.id);
      const inside = place.x > x && place.x < x + width && place.y > y && place.y < y + height;
      assert.equal(inside, view.enclosing(node.id).includes(id), `${node.id} in ${id}`);
    }
  }
});

test("a chain of ten thousand operators is laid out without recursion", () => {
  const view = createView(createTrace(chain(10_000)), new Set());
  const layout = layersLayout(view, METRICS);
  assert.equal(layout.nodes.size, view.nodes.size);
  assert.ok(at(layout, "v10000").x > at(layout, "v9999").x);
});

test("layers keep neighbours a slot apart and follow the flow", () => {
  const edges = [["a", "m"], ["b", "m"], ["m", "z"], ["a", "z"]].map(([source, target]) => ({
    id: `${source}${target}`, source, target,
  }));
  const drawn = layered(["a", "b", "m", "z"], edges, new Map([["a", 1], ["b", -1]]));
  const place = (/** @type {string} */ id) => /** @type {Point} */ (drawn.nodes.get(id));
  assert.ok(place("b").x <= place("a").x - 1);
  assert.ok(place("a").y < place("m").y && place("m").y < place("z").y);
  assert.equal(drawn.bends.get("az")?.length, 1);
});

test("a narrow window brings the columns of a figure closer", () => {
  assert.ok(chooseMetrics({ width: 390, height: 500 }, closed, FIGURE).cellX < chooseMetrics({ width: 1400, height: 600 }, closed, FIGURE).cellX);
});

test("a figure has places in a frame that has no size yet", () => {
  assert.deepEqual(chooseMetrics({ width: 0, height: 0 }, closed, FIGURE), { cellX: 76, cellY: 104 });
});

test("the way between two layouts begins at one and ends at the other", () => {
  const before = figureLayout(closed, FIGURE, METRICS);
  const after = figureLayout(open, FIGURE, METRICS);
  const frameAt = tweenLayouts({ view: closed, layout: before }, { view: open, layout: after });
  const [start, end] = [frameAt(0), frameAt(1)];
  assert.deepEqual(end, still(after));
  for (const [id, place] of before.nodes) {
    const { x, y } = /** @type {Point} */ (start.nodes.get(id));
    assert.deepEqual({ x, y }, place);
  }
  const born = start.nodes.get("lam");
  assert.equal(born?.opacity, 0);
  assert.deepEqual({ x: born?.x, y: born?.y }, before.nodes.get("l2"), "the inside comes out of the circle");
  const line = frameAt(0.5).edges.get("W1\u2192l2")?.points ?? [];
  const mark = /** @type {Point} */ (frameAt(0.5).nodes.get("W1"));
  assert.ok(Math.abs(line[0].x - mark.x - 32) < 1e-6, "a line goes along with its marks");
});

/** Edges between nodes by their names. @param {string[]} pairs */
const edgesOf = (...pairs) => pairs.map((pair, i) => ({ id: `e${i}`, source: pair[0], target: pair[1] }));

test("layers put branches one apart with their neighbours in the middle", () => {
  const { nodes, ranks, slots } = layered(["a", "b", "c", "d"], edgesOf("ab", "ac", "bd", "cd"));
  assert.deepEqual(Object.fromEntries(nodes), { a: { x: 0, y: 0 }, b: { x: -0.5, y: 1 }, c: { x: 0.5, y: 1 }, d: { x: 0, y: 2 } });
  assert.deepEqual([ranks, slots], [3, 2]);
});

test("layers order nodes by their neighbours, so that arrows do not cross", () => {
  const { nodes } = layered(["a", "b", "p", "q"], edgesOf("aq", "bp"));
  const { a, b, p, q } = Object.fromEntries(nodes);
  assert.equal(a.x < b.x, q.x < p.x);
});

test("an edge over several layers keeps a place in each, beside what it passes", () => {
  const { nodes, bends } = layered(["a", "b", "c", "d"], edgesOf("ab", "bc", "cd", "ad"));
  assert.deepEqual(bends.get("e3"), [{ x: 0.5, y: 1 }, { x: 0.5, y: 2 }]);
  const { b, c } = Object.fromEntries(nodes);
  assert.deepEqual([b.x, c.x], [-0.5, -0.5]);
});
