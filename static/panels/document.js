/**
 * Every step with its equations as a LaTeX document, its sentences in the page's language. The server writes the
 * English one.
 *
 * @import {Trace} from "../types.js"
 */
import { sentence } from "../i18n/sentence.js";
import { t } from "../i18n/strings.js";

/** @param {Trace} trace @param {string} title */
export function derivationDocument(trace, title) {
  const parts = /** @type {const} */ (["forward", "backward"]).map((phase) => {
    const steps = trace.steps.filter((step) => step.phase === phase && Object.keys(step.equation).length > 0);
    if (steps.length === 0) return "";
    const items = steps.map((step) => {
      const { chain, symbolic, numeric } = step.equation;
      const lines = [...new Set([chain, symbolic, numeric].filter(Boolean))];
      return [`\\item ${plain(sentence(step))}`, ...lines.map((line) => `\\[ ${line} \\]`)].join("\n");
    });
    return `\\section*{${t(`document.${phase}`)}}\n\\begin{enumerate}\n${items.join("\n")}\n\\end{enumerate}\n`;
  });
  return `\\documentclass{ctexart}
\\usepackage{amsmath,amssymb,bm}
\\setcounter{MaxMatrixCols}{64}
\\date{}
\\title{${plain(title)}}
\\begin{document}
\\maketitle

${parts.filter(Boolean).join("\n")}
\\end{document}
`;
}

/** @type {Record<string, string>} */
const SPECIAL = { "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "∂": "$\\partial$" };

/** The text as LaTeX that says just that. @param {string} text */
export function plain(text) {
  return text.replace(/[\\^~∂]|[{}$&#%_]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`);
}
