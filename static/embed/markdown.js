/**
 * The Markdown of captions: paragraphs, headings, lists, code, emphasis, links and mathematics between dollars. It builds
 * elements, so that no text of an author becomes markup.
 */
import "#maths-rest";
import { make } from "../shared/dom.js";
import { setMath } from "../shared/math.js";

const INLINE = /(`+)(.+?)\1|\$\$(.+?)\$\$|\$([^$\n]+?)\$|\*\*(.+?)\*\*|(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?!\w)|\[([^\]]+)\]\(([^)\s]+)\)/s;

/** @param {string} text @returns {HTMLElement[]} */
export function markdown(text) {
  const blocks = text.replace(/\r\n?/g, "\n").split(/\n{2,}/);
  return blocks.flatMap((block) => (block.trim() ? [blockOf(block.replace(/^\n+|\s+$/g, ""))] : []));
}

/** @param {string} block @returns {HTMLElement} */
function blockOf(block) {
  const fence = /^(```+|~~~+)[^\n]*\n([\s\S]*?)\n?\1\s*$/.exec(block);
  if (fence) return make("pre", {}, make("code", {}, fence[2]));
  const heading = /^(#{1,6})\s+(.*)$/s.exec(block);
  if (heading) return make("h4", {}, ...inline(heading[2]));
  const lines = block.split("\n");
  const bullet = lines.every((line) => /^\s*([-*+]|\d+[.)])\s+|^\s{2,}\S/.test(line)) && /^\s*([-*+]|\d+[.)])\s/.test(lines[0]);
  if (bullet) {
    const items = block.split(/\n(?=\s*(?:[-*+]|\d+[.)])\s+)/).map((item) => make("li", {}, ...inline(item.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "").replace(/\n\s*/g, " "))));
    return make(/^\s*\d/.test(block) ? "ol" : "ul", {}, ...items);
  }
  if (lines.every((line) => line.startsWith(">"))) return make("blockquote", {}, ...markdown(lines.map((line) => line.replace(/^>\s?/, "")).join("\n")));
  return make("p", {}, ...inline(block.replace(/\n/g, " ")));
}

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  const found = INLINE.exec(text);
  if (!found) return text ? [text] : [];
  const [whole, , code, display, maths, strong, emphasis, label, address] = found;
  const before = text.slice(0, found.index);
  return [...(before ? [before] : []), element(), ...inline(text.slice(found.index + whole.length))];

  function element() {
    if (code !== undefined) return make("code", {}, code);
    if (display !== undefined || maths !== undefined) {
      const place = make("span", { class: "maths" });
      setMath(place, display ?? maths, { large: display !== undefined, spoken: true });
      return place;
    }
    if (strong !== undefined) return make("strong", {}, ...inline(strong));
    if (emphasis !== undefined) return make("em", {}, ...inline(emphasis));
    const safe = /^(https?:|mailto:|[#./\w-]+$|[^:]*$)/i.test(address) && !/^\s*javascript:/i.test(address);
    return safe ? make("a", { href: address }, ...inline(label)) : label;
  }
}
