/** What sets mathematics: KaTeX and its style sheet, which come after the rest of a graph. */
import "katex";

export { default as styles } from "./maths.css";
