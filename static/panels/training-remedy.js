/**
 * The change that makes a table and a program fit, as a button: minibatches that the examples fill, names for the sizes.
 */
import { button as makeButton } from "../shared/dom.js";
import { t } from "../i18n/strings.js";

/** @param {{ resize: (size: string) => void, nameSizes: () => void }} changes */
export function createRemedy({ resize, nameSizes }) {
  let apply = nameSizes;
  const button = makeButton("", () => apply(), { class: "small-button", "data-action": "remedy", hidden: true });

  return {
    button,

    /** @param {any} problem what is wrong with the run; null where nothing is */
    show(problem) {
      const count = problem?.code?.startsWith("minibatch-too-large") ? String(problem.parameters.count) : "";
      apply = count ? () => resize(count) : nameSizes;
      button.hidden = !count && problem?.code !== "fixed-batch";
      button.textContent = count ? t("training.batch.fit", { count }) : t("memory.named.write");
    },
  };
}
