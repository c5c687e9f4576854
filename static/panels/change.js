/**
 * Changing all numbers of a variable at once: paste, a file, at random, zero, back to the program's own.
 *
 * @import {NestedTensor} from "../types.js"
 */
import { button, make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";
import { nest, readNpy, readNumbers, reshape } from "../shared/npy.js";


/** Standard normal, from two uniform numbers. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/**
 * @param {{ shape: number[], changed: boolean, onChange: (tensor: NestedTensor) => void, onReset: () => void }} options
 */
export function changer({ shape, changed, onChange, onReset }) {
  const problem = make("p", { class: "problem-note", role: "alert", hidden: true });
  const text = make("textarea", { "aria-label": t("change.paste.words"), placeholder: t("change.paste.words"), rows: 4, spellcheck: false });
  const paste = make("div", { class: "paste", hidden: true }, text, button(t("change.use"), () => attempt(() => readNumbers(text.value, shape)), { class: "small-button" }));
  const file = make("input", { type: "file", accept: ".npy,.csv,.json,.txt", });
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const buffer = await chosen.arrayBuffer();
    attempt(() =>
      chosen.name.endsWith(".npy") ? reshape(readNpy(buffer), shape) : readNumbers(new TextDecoder().decode(buffer), shape),
    );
    file.value = "";
  });
  const size = shape.reduce((a, b) => a * b, 1);
  const fill = (/** @type {() => number} */ draw) => onChange(nest(Array.from({ length: size }, draw), shape));
  const opener = button(t("change.paste"), () => {
    paste.hidden = !paste.hidden;
    opener.setAttribute("aria-expanded", String(!paste.hidden));
    if (!paste.hidden) text.focus();
  }, { "aria-expanded": "false" });
  const row = make(
    "div",
    { class: "changes" },
    opener,
    button(t("change.file"), () => file.click(), { title: t("change.file.words") }),
    button(t("change.random"), () => fill(() => Number(normal().toFixed(3)))),
    button(t("change.zero"), () => fill(() => 0)),
    ...(changed ? [button(t("change.reset"), onReset, { title: t("change.reset.words"), class: "reset" })] : []),
  );
  return make("div", { "data-part": "changes" }, row, paste, problem);

  /** @param {() => NestedTensor} read */
  function attempt(read) {
    problem.hidden = true;
    try {
      onChange(read());
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : "";
    }
  }
}
