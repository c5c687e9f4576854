/** Buttons that copy an array, and download it as CSV or .npy. @import {NestedTensor, Tensor} from "../types.js" */
import { saveFile, toCsv, toNpy } from "../shared/array-files.js";
import { button, make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";
import { isSummary } from "../shared/tensor.js";

/**
 * @param {string} name of the file
 * @param {Tensor} tensor
 * @param {(() => Promise<NestedTensor>) | null} load the whole of an array of which only a summary is here
 */
export function taker(name, tensor, load) {
  if (isSummary(tensor) && !load) return "";
  const whole = async () => (isSummary(tensor) ? await /** @type {() => Promise<NestedTensor>} */ (load)() : tensor);
  const copy = button(t("take.copy"), async () => {
    await navigator.clipboard.writeText(toCsv(await whole()));
    copy.textContent = t("derivation.copied");
    setTimeout(() => (copy.textContent = t("take.copy")), 2000);
  });
  return make(
    "div",
    { class: "changes", "data-part": "take", role: "group", "aria-label": t("take.title", { name }) },
    copy,
    button(t("take.csv"), async () => saveFile(`${name}.csv`, new Blob([toCsv(await whole())], { type: "text/csv" })), { title: t("take.download", { file: `${name}.csv` }) }),
    button(t("take.npy"), async () => saveFile(`${name}.npy`, toNpy(await whole())), { title: t("take.download", { file: `${name}.npy` }) }),
  );
}
