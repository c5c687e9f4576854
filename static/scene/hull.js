/**
 * Open scopes: a box around what is inside, with the scope's sign in its corner, which closes it again.
 *
 * @import {Selection} from "d3-selection"
 * @import {Scope, View} from "../types.js"
 * @import {Frame} from "../layout/tween.js"
 */
import { setMath } from "../shared/math.js";
import { t } from "../i18n/strings.js";

/**
 * @param {Selection<SVGGElement, any, any, any>} layer
 * @param {HTMLElement} labels
 * @param {(scope: Scope) => void} close
 */
export function createHullLayer(layer, labels, close) {
  /** @type {Map<string, { group: Selection<SVGGElement, any, any, any>, label: HTMLElement }>} */
  const hulls = new Map();

  return {
    /** @param {View} view */
    join(view) {
      for (const scope of view.hulls) if (!hulls.has(scope.id)) hulls.set(scope.id, create(scope));
      const open = new Set(view.hulls.map((scope) => scope.id));
      for (const [id, { label }] of hulls) label.inert = !open.has(id);
    },

    /** @param {Frame["hulls"]} frame */
    place(frame) {
      for (const [id, { group, label }] of hulls) {
        const at = frame.get(id);
        if (!at) {
          group.remove();
          label.remove();
          hulls.delete(id);
          continue;
        }
        group.attr("opacity", at.opacity);
        group
          .select("rect")
          .attr("x", at.x)
          .attr("y", at.y)
          .attr("width", at.width)
          .attr("height", at.height);
        label.style.transform = `translate(${at.x}px, ${at.y}px)`;
        label.style.opacity = String(at.opacity);
      }
    },

    /** @param {string} id */
    focus(id) {
      hulls.get(id)?.label.focus();
    },
  };

  /** @param {Scope} scope */
  function create(scope) {
    const group = layer.append("g").attr("class", "hull").attr("data-scope", scope.id);
    group.append("rect").attr("rx", 8);
    const label = document.createElement("button");
    label.type = "button";
    label.className = "hull-label";
    label.dataset.scope = scope.id;
    label.dataset.kind = scope.kind;
    label.setAttribute("aria-expanded", "true");
    const words = scope.kind === "loop" ? `for ${scope.name}` : scope.name;
    label.setAttribute("aria-label", t("graph.close", { name: words }));
    const sign = document.createElement("span");
    if (scope.kind === "loop") sign.append(words);
    else setMath(sign, scope.symbol);
    label.append(sign);
    label.addEventListener("click", () => close(scope));
    labels.append(label);
    return { group, label };
  }
}
