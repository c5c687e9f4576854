/**
 * The change that makes a table and a program fit, as a button: minibatches that the examples fill, names for the sizes,
 * a size of the program, rows and columns left out.
 */
import { button as makeButton } from "../shared/dom.js";
import { t } from "../i18n/strings.js";
import { withoutColumn, withoutIncomplete, withoutRow } from "./training-table.js";

/** @param {{ resize: (size: string) => void, nameSizes: () => void, fitSize: (from: number, to: number, code: string) => void, editTable: (edit: (text: string) => string) => void }} changes */
export function createRemedy({ resize, nameSizes, fitSize, editTable }) {
  let apply = nameSizes;
  const button = makeButton("", () => apply(), { class: "small-button", "data-action": "remedy", hidden: true });

  /** What to do about a problem, and what the button says. @param {any} problem @returns {[string, () => void] | null} */
  function remedyOf(problem) {
    const { count, given, most, classes, number, column } = problem?.parameters ?? {};
    switch (problem?.code) {
      case "minibatch-too-large":
      case "minibatch-too-large-held":
        return [t("training.batch.fit", { count: String(count) }), () => resize(String(count))];
      case "fixed-batch":
        return [t("memory.named.write"), nameSizes];
      case "example-size":
        return [t("training.size.fit", { from: String(count), to: String(given) }), () => fitSize(Number(count), Number(given), problem.code)];
      case "loss-more-classes":
        return [t("training.size.fit", { from: String(most), to: String(classes) }), () => fitSize(Number(most), Number(classes), problem.code)];
      case "cell-empty":
      case "row-length":
        return [t("training.table.complete"), () => editTable(withoutIncomplete)];
      case "cell-not-a-number":
        return [t("training.table.row", { number: String(number) }), () => editTable((text) => withoutRow(text, Number(number)))];
      case "cell-holds-text":
        return [t("training.table.column", { column }), () => editTable((text) => withoutColumn(text, column))];
      default:
        return null;
    }
  }

  return {
    button,

    /** @param {any} problem what is wrong with the run; null where nothing is */
    show(problem) {
      const remedy = remedyOf(problem);
      button.hidden = !remedy;
      if (remedy) [button.textContent, apply] = remedy;
    },
  };
}
