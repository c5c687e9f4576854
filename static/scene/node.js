/**
 * Squares and circles. A square holds its name and, once they are there, small pictures of value and gradient;
 * a circle holds its sign. Names are HTML above the drawing: browsers do not agree on HTML inside SVG.
 *
 * @import {Selection} from "d3-selection"
 * @import {PlayerState, Tensor, View, ViewNode} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 */
import { HALF_SIDE, RADIUS } from "../layout/geometry.js";
import { onFontsLoaded, setMath } from "../shared/math.js";
import { currentWriting, formatNumber } from "../i18n/format.js";
import { roleName, t } from "../i18n/strings.js";
import { formatShape, toNumber } from "../shared/tensor.js";
import { listenToDrags } from "./drag.js";
import { arrange, drawPicture, markEntries } from "./pictures.js";
import { listenToPulls, typeNumber } from "./pull.js";
import { focusAt, gradientAt, motionAt, valueAt } from "./moment.js";
import { BARE, dab } from "./annotate.js";
import { OWN } from "./colours.js";

const NAME_ROOM = {
  variable: { width: 2 * HALF_SIDE - 5, height: 31 },
  operator: { width: 2 * RADIUS - 4, height: 2 * RADIUS - 12 },
};
/** A name smaller than this part of its size could not be read. */
const SMALLEST_NAME = 0.45;
const TINY = 0.3;
/** One set in this part of its size or more is not broken; two lines are so many times as high as one. */
const AT_EASE = 0.8;
const LINES = 1.7;
/** In a window for reading, names of small graphs are set in so many pixels at least; a sign, which nothing replaces, may need fewer. */
const LEGIBLE = { marks: 40, variable: { pixels: 9, size: 20 }, operator: { pixels: 7, size: 18 } };

/**
 * @typedef {object} Mark
 * @property {ViewNode} node
 * @property {Selection<SVGGElement, any, any, any>} group
 * @property {HTMLElement} label
 * @property {Tensor | null} value what is drawn now
 * @property {Tensor | null} gradient
 * @property {boolean} partial
 * @property {import("../i18n/format.js").Writing} writing how its numbers were written
 * @property {import("./colours.js").Colours} colours in which its arrays were drawn
 * @property {string} words what a panel says of it
 * @property {Record<string, string>} written what each part of it was last given: the page is only told what is new
 */

/**
 * @param {Selection<SVGGElement, any, any, any>} layer
 * @param {HTMLElement} labels
 * @param {{
 *   onActivate: (node: ViewNode) => void,
 *   onFocus: (id: string) => void,
 *   onDrag: (id: string, by: import("../types.js").Point, done: boolean) => void,
 *   onPoint?: (id: string | null) => void,
 *   onNumber?: ((id: string, tensor: import("../types.js").NestedTensor) => void) | null,
 * }} options `onActivate`: a node is
 *   clicked, or Enter pressed on it; `onFocus`: the keyboard has come to it; `onDrag`: it is pulled by so much
 */
export function createNodeLayer(layer, labels, { onActivate, onFocus, onDrag, onPoint = () => {}, onNumber = null }) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  let paint = BARE;
  let colours = OWN;
  /** @type {import("../panels/provenance.js").Marks | null} */
  let traced = null;
  /** The step that is under way, as it was last drawn. @type {{ view: View, moment: number, colours: import("./colours.js").Colours } | null} */
  let under = null;
  /** The scale of the picture at which names are to be read; 0 where there are too many. */
  let legible = 0;
  onFontsLoaded(() => fitLabels(marks.values(), legible));

  return {
    /** @param {View} view */
    join(view) {
      under = null;
      /** @type {Mark[]} */
      const written = [];
      for (const node of view.nodes.values()) {
        const mark = marks.get(node.id);
        if (!mark || mark.node.kind !== node.kind) {
          if (mark) remove(mark);
          const made = create(node);
          marks.set(node.id, made);
          written.push(made);
          continue;
        }
        if (mark.node.latex !== node.latex) {
          writeLabel(mark.label, node);
          written.push(mark);
        }
        mark.node = node;
        wear(mark);
      }
      for (const [id, { group }] of marks) group.attr("data-order", view.trace.orders.get(id) ?? null);
      fitLabels(written, legible);
      layer.selectAll("g.node").sort((a, b) => rank(view, a) - rank(view, b));
    },

    /** Names are to be read at this scale of the picture. @param {number} scale */
    read(scale) {
      const next = marks.size <= LEGIBLE.marks ? scale : 0;
      if (next === legible) return;
      legible = next;
      fitLabels(marks.values(), legible);
    },

    /** @param {string | null} id of what is pointed at, here or elsewhere */
    link(id) {
      for (const [known, { group }] of marks) group.classed("linked", known === id);
    },

    /** @param {ReadonlySet<string>} ids of marks that a search has found */
    find(ids) {
      for (const [id, { group }] of marks) group.classed("found", ids.has(id));
    },

    /** @param {import("../panels/provenance.js").Marks | null} next entries that another is computed with */
    trace(next) {
      traced = next;
      for (const mark of marks.values()) markEntries(mark, traced);
    },

    /** @param {import("./nonfinite.js").Nonfinite} found marks that hold NaN or infinity say so */
    warn({ states, first }) {
      for (const [id, { group }] of marks) {
        const state = states.get(id);
        const isFirst = first?.id === id;
        group.attr("data-nonfinite", state ?? null).classed("first-nonfinite", isFirst);
        const word = group.selectChildren("text.state").data(isFirst && state ? [t(`graph.${state}`)] : []);
        word.exit().remove();
        word.join("text").attr("class", "state").attr("y", -HALF_SIDE - 6).text((/** @type {any} */ text) => text);
      }
    },

    /** @param {import("./colours.js").Colours} next */
    colour(next) {
      colours = next;
    },

    /** @param {import("./annotate.js").Paint} next */
    paint(next) {
      paint = next;
      for (const mark of marks.values()) wear(mark);
    },

    /** @param {Frame["nodes"]} frame */
    place(frame) {
      for (const [id, mark] of marks) {
        const at = frame.get(id);
        if (!at) {
          remove(mark);
          marks.delete(id);
          continue;
        }
        mark.group.attr("transform", `translate(${at.x},${at.y})`).attr("opacity", at.opacity);
        mark.label.style.transform = `translate(${at.x}px, ${at.y}px)`;
        mark.label.style.opacity = String(at.opacity);
      }
    },

    /**
     * @param {View} view
     * @param {PlayerState} state
     */
    draw(view, state) {
      const { arriving, glow } = motionAt(view, state);
      // While a step is under way, only what it concerns changes from one frame to the next.
      const now = state.progress > 0 ? { view, moment: state.moment, colours } : null;
      const isOn = now !== null && under !== null && now.view === under.view && now.moment === under.moment && now.colours === under.colours;
      under = now;
      const ids = isOn ? new Set([...arriving.keys(), ...(glow ? [glow.id] : [])]) : marks.keys();
      const focus = focusAt(view, state);
      for (const id of ids) {
        const mark = marks.get(id);
        if (!mark) continue;
        const phase = focus.ids.has(id) ? focus.phase : null;
        if (isNew(mark, "focus", phase ?? "")) {
          mark.group.classed("focus-forward", phase === "forward").classed("focus-backward", phase === "backward").classed("focus-update", phase === "update");
        }
        show(mark, ".glow", glow?.id === id ? glow.strength : 0);
        if (mark.node.kind === "variable") drawPictures(mark, view, state, arriving.get(id) ?? 0, colours, traced);
      }
    },

    /** @param {string | null} id */
    select(id) {
      for (const mark of marks.values()) mark.group.classed("selected", mark.node.id === id);
    },

    /** @param {import("../state/reach.js").Reach | null} reach what stands out; nothing does where it is null */
    highlight(reach) {
      for (const [id, { group, label }] of marks) {
        const dim = reach !== null && !reach.nodes.has(id);
        group.classed("dim", dim);
        label.classList.toggle("dim", dim);
      }
    },

    /** @param {Iterable<string>} ids of variables whose numbers have changed */
    flash(ids) {
      for (const id of ids) {
        const shape = /** @type {SVGElement | null | undefined} */ (marks.get(id)?.group.select(".shape").node());
        shape?.classList.remove("changed");
        shape?.getBoundingClientRect();
        shape?.classList.add("changed");
      }
    },

    /** @param {string} id */
    focus(id) {
      /** @type {SVGElement | null | undefined} */ (marks.get(id)?.group.select(".shape").node())?.focus();
    },
  };

  /** @param {ViewNode} node @returns {Mark} */
  function create(node) {
    const group = layer.append("g").datum(node.id).attr("class", `node ${node.kind}`);
    drawShape(group, node);
    group.select(".shape").attr("tabindex", 0).attr("role", "button");
    const label = document.createElement("div");
    label.className = `label ${node.kind}`;
    label.setAttribute("aria-hidden", "true");
    labels.append(label);
    writeLabel(label, node);
    /** @type {Mark} */
    const mark = { node, group, label, value: null, gradient: null, partial: false, writing: currentWriting(), colours: OWN, words: "", written: {} };
    group.on("click", () => onActivate(mark.node));
    listenToDrags(/** @type {SVGGElement} */ (group.node()), (by, done) => onDrag(mark.node.id, by, done));
    group.on("pointerenter", () => onPoint(mark.node.id)).on("pointerleave", () => onPoint(null));
    const pictured = /** @type {SVGGElement | null} */ (group.select(".picture.value").node());
    if (onNumber && pictured) {
      const give = (/** @type {number} */ number) => onNumber(mark.node.id, (mark.node.variable?.shape ?? []).reduce((/** @type {import("../types.js").NestedTensor} */ inner) => [inner], number));
      listenToPulls(pictured, {
        number: () => numberOf(mark.node),
        onNumber: give,
        onPress: () => {
          const number = numberOf(mark.node);
          if (number === null || !group.classed("selected")) return false;
          typeNumber(label, number, t("numbers.of.value", { id: mark.node.id }), give);
          return true;
        },
      });
    }
    group.select(".shape").on("focus", () => {
      onFocus(mark.node.id);
      onPoint(mark.node.id);
    });
    group.select(".shape").on("blur", () => onPoint(null));
    group.on("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      onActivate(mark.node);
    });
    wear(mark);
    return mark;
  }

  /** @param {Mark} mark */
  function wear(mark) {
    mark.words = paint.nodes.get(mark.node.id)?.words ?? "";
    dab(mark.group, mark.node, paint.nodes.get(mark.node.id));
    describe(mark);
  }
}

/**
 * Whether a part of a mark is to be written, because it is not what was written last.
 *
 * @param {Mark} mark
 * @param {string} part
 * @param {string} what
 */
function isNew({ written }, part, what) {
  if (written[part] === what) return false;
  written[part] = what;
  return true;
}

/** @param {Mark} mark @param {string} part a selector @param {number} opacity */
function show(mark, part, opacity) {
  if (isNew(mark, part, String(opacity))) mark.group.select(part).attr("opacity", opacity);
}

/** @param {Mark} mark */
function remove(mark) {
  mark.group.remove();
  mark.label.remove();
}

/** @param {View} view @param {unknown} id */
function rank(view, id) {
  return view.order.get(String(id)) ?? -1;
}

/** @param {Selection<SVGGElement, any, any, any>} group @param {ViewNode} node */
function drawShape(group, node) {
  if (node.kind === "operator") {
    group.append("circle").attr("class", "glow").attr("r", RADIUS + 6).attr("opacity", 0);
    group.append("circle").attr("class", "shape").attr("r", RADIUS);
    if (node.scope) {
      group.append("circle").attr("class", "inner").attr("r", RADIUS - 4);
      const badge = group.append("g").attr("class", "badge").attr("transform", `translate(${RADIUS - 6},${6 - RADIUS})`);
      badge.append("circle").attr("r", 7);
      badge.append("path").attr("d", "M-3.5,0h7M0,-3.5v7");
    }
    return;
  }
  square(group, HALF_SIDE + 6).attr("class", "glow").attr("opacity", 0);
  square(group, HALF_SIDE).attr("class", "shape");
  group.append("g").attr("class", "picture value").attr("aria-hidden", "true");
  group.append("g").attr("class", "picture gradient").attr("aria-hidden", "true");
}

/** @param {Selection<SVGGElement, any, any, any>} group @param {number} half */
function square(group, half) {
  return group
    .append("rect")
    .attr("x", -half)
    .attr("y", -half)
    .attr("width", 2 * half)
    .attr("height", 2 * half);
}

/** @param {HTMLElement} label @param {ViewNode} node */
function writeLabel(label, node) {
  const text = document.createElement("span");
  label.replaceChildren(text);
  setMath(text, breakable(node.latex));
}

/** Between parentheses no taller than text a line can be broken. @param {string} latex */
function breakable(latex) {
  return /frac|sqrt|sum/.test(latex) ? latex : latex.replace(/\\(left|right)(?![a-z.])/g, "");
}

/**
 * Sets names as large as the room inside their marks allows, in two lines where that is larger; an expression too long
 * for that is left to the inspector. All are measured before any is changed, so that the browser lays the page out once.
 *
 * @param {Iterable<Mark>} marks
 * @param {number} legible the scale of the picture at which they are to be read; 0 where they need not be
 */
function fitLabels(marks, legible) {
  const all = [...marks];
  for (const { label, node } of all) {
    const text = /** @type {HTMLElement} */ (label.firstElementChild);
    text.style.removeProperty("width");
    if (text.dataset.short === undefined) continue;
    delete text.dataset.short;
    setMath(text, breakable(node.latex));
  }
  const measured = all.map(({ label, node }) => {
    const text = /** @type {HTMLElement} */ (label.firstElementChild);
    const room = node.kind === "variable" ? NAME_ROOM.variable : NAME_ROOM.operator;
    const { pixels, size } = LEGIBLE[node.kind];
    const needed = legible > 0 ? Math.min(0.9, pixels / (size * legible)) : 0;
    const smallest = legible > 0 ? Math.max(TINY, needed) : SMALLEST_NAME;
    const [width, height] = [Math.max(1, text.offsetWidth), Math.max(1, text.offsetHeight)];
    const one = Math.min(1, room.width / width, room.height / height);
    if (one >= AT_EASE) return { text, smallest, scale: one, width: 0 };
    const folded = foldedWidth([.../** @type {NodeListOf<HTMLElement>} */ (text.querySelectorAll(".katex-base"))].map(({ offsetWidth }) => offsetWidth));
    const two = folded === null ? 0 : Math.min(1, room.width / folded, room.height / (LINES * height));
    return two > one ? { text, smallest, scale: two, width: folded ?? 0 } : { text, smallest, scale: one, width: 0 };
  });
  for (const { text, smallest, scale, width } of measured) {
    const tooSmall = scale < smallest;
    if (tooSmall) {
      setMath(text, "\\cdots");
      text.dataset.short = "";
    } else if (width > 0) text.style.width = `${Math.ceil(width) + 1}px`;
    text.style.setProperty("--label-scale", String(tooSmall ? 1 : scale));
  }
}

/**
 * How wide an expression is in two lines, broken where that makes it narrowest.
 *
 * @param {number[]} parts widths of what is not to be broken
 */
function foldedWidth(parts) {
  if (parts.length < 2) return null;
  const total = parts.reduce((sum, part) => sum + part, 0);
  let [best, first] = [Infinity, 0];
  for (const part of parts.slice(0, -1)) {
    first += part;
    best = Math.min(best, Math.max(first, total - first));
  }
  return best;
}

/** Says to tests, style sheets and screen readers what the mark is. @param {Mark} mark */
function describe(mark) {
  const { node, group } = mark;
  group
    .attr("data-id", node.id)
    .attr("data-kind", node.kind)
    .attr("data-role", node.role)
    .classed("editable", numberOf(node) !== null)
    .attr("data-scope", node.scope ? node.scope.id : null)
    .select(".shape")
    .attr("aria-expanded", node.scope ? "false" : null)
    .attr("aria-label", spoken(mark));
}

/** The number that a person may change in a square; null where there is none. @param {ViewNode} node */
function numberOf({ role, variable }) {
  if (!variable || role === "intermediate" || variable.shape.some((length) => length !== 1)) return null;
  const number = Number(variable.shape.reduce((/** @type {any} */ inner) => inner?.[0], variable.value));
  return Number.isFinite(number) ? number : null;
}

/** @param {Mark} mark */
function spoken({ node: { id, name, role, variable, scope }, value, gradient, words }) {
  if (scope) return join(t("graph.group", { name }), words);
  if (!variable) return join(t("graph.operator", { name }), words);
  const parts = [id, roleName(role ?? ""), formatShape(variable.shape), spokenNumber("value", value), spokenNumber("gradient", gradient)];
  return join(...parts, words);
}

/** @param {...string} parts those that are not empty, one after another */
function join(...parts) {
  return parts.filter(Boolean).join(t("step.comma"));
}

/** @param {"value" | "gradient"} what @param {Tensor | null} tensor */
function spokenNumber(what, tensor) {
  if (typeof tensor === "number" || typeof tensor === "string") return t(`graph.${what}`, { number: formatNumber(toNumber(tensor)) });
  return tensor === null ? "" : t(`graph.${what}.shown`);
}

/**
 * @param {Mark} mark
 * @param {View} view
 * @param {PlayerState} state
 * @param {number} arriving how much of what the step under way brings is there, from 0 to 1
 * @param {import("./colours.js").Colours} colours
 * @param {import("../panels/provenance.js").Marks | null} traced
 */
function drawPictures(mark, view, { moment }, arriving, colours, traced) {
  const { id } = mark.node;
  const next = arriving > 0 ? moment + 1 : moment;
  const value = valueAt(view, id, next);
  const gradient = gradientAt(view, id, next);
  const tensor = gradient?.tensor ?? null;
  const comes = arriving > 0 && { value: valueAt(view, id, moment) !== value, gradient: gradientAt(view, id, moment)?.tensor !== tensor };
  const writing = currentWriting();
  if (value !== mark.value || tensor !== mark.gradient || (gradient?.partial ?? false) !== mark.partial || writing !== mark.writing || colours !== mark.colours) {
    const places = arrange(mark.node.variable?.shape.every((length) => length === 1) ?? false, tensor !== null);
    drawPicture(mark.group, "value", value, places.value, places.room, colours.value);
    drawPicture(mark.group, "gradient", tensor, places.gradient, places.room, colours.gradient);
    mark.group.select(".picture.gradient").classed("partial", gradient?.partial ?? false);
    mark.label.classList.toggle("raised", value !== null);
    mark.value = value;
    mark.gradient = tensor;
    mark.partial = gradient?.partial ?? false;
    mark.writing = writing;
    mark.colours = colours;
    describe(mark);
    markEntries(mark, traced);
  }
  show(mark, ".picture.value", comes && comes.value ? arriving : 1);
  show(mark, ".picture.gradient", comes && comes.gradient ? arriving : 1);
}
