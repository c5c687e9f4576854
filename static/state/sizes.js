/**
 * Changed sizes that an edited program keeps: those whose own line is as it was. Who writes another number means that one.
 *
 * @param {string} before
 * @param {string} after
 * @param {Record<string, number>} sizes
 * @returns {Record<string, number>}
 */
export function sizesKept(before, after, sizes) {
  const there = new Set(linesOf(after));
  const given = (/** @type {string} */ name) => linesOf(before).filter((line) => new RegExp(`^[\\w\\s,]*\\b${name}\\b[\\w\\s,]*=(?!=)`).test(line));
  return Object.fromEntries(Object.entries(sizes).filter(([name]) => given(name).length > 0 && given(name).every((line) => there.has(line))));
}

/** @param {string} text */
function linesOf(text) {
  return text.split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
}
