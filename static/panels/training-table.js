/** Changes that make a table and a program fit: rows and columns left out of the table, another size in the program. */

const SEPARATORS = [",", ";", "\t", "|", "\uff0c"];
/** Cells, in lower case, that stand for a value that is not there; as in `engine/training/data.py`. */
const MISSING = ["", "na", "n/a", "nan", "null", "?"];

/** The table without the rows in which a value is missing or a cell too few or too many. @param {string} text */
export function withoutIncomplete(text) {
  const { lines, separator } = read(text);
  const width = cells(lines.find((line) => line.trim()) ?? "", separator).length;
  return lines
    .filter((line) => {
      const row = cells(line, separator);
      return row.length === width && row.every((cell) => !MISSING.includes(content(cell).toLowerCase()));
    })
    .join("\n");
}

/** The table without a row. @param {string} text @param {number} number of its line, from 1 */
export function withoutRow(text, number) {
  return read(text)
    .lines.filter((_, at) => at !== number - 1)
    .join("\n");
}

/** The table without a column, by its name or, without names, by `x` and its number. @param {string} text @param {string} name */
export function withoutColumn(text, name) {
  const { lines, separator } = read(text);
  const header = cells(lines.find((line) => line.trim()) ?? "", separator).map(content);
  const at = header.includes(name) ? header.indexOf(name) : Number(/^x(\d+)$/.exec(name)?.[1] ?? header.length) - 1;
  const rest = (/** @type {string} */ line) => cells(line, separator).filter((_, place) => place !== at);
  return lines.map((line) => rest(line).join(separator === " " ? " " : separator)).join("\n");
}

/** @param {string} text */
function read(text) {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
  const first = lines.find((line) => SEPARATORS.some((one) => line.includes(one))) ?? "";
  const count = (/** @type {string} */ one) => first.split(one).length;
  const separator = first ? SEPARATORS.reduce((best, one) => (count(one) > count(best) ? one : best)) : " ";
  return { lines, separator };
}

/** A line's cells, quotes and all. @param {string} line @param {string} separator */
function cells(line, separator) {
  if (separator === " ") return line.trim().split(/\s+/);
  const found = [""];
  let quoted = false;
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    if (sign === separator && !quoted) found.push("");
    else found[found.length - 1] += sign;
  }
  return found;
}

/** What a cell holds. @param {string} cell */
const content = (cell) => cell.trim().replace(/^"(.*)"$/, "$1").trim();

/**
 * Programs with another number for one of the sizes that they name, `d = 2` or `d, h = 2, 3`, and last one with it in
 * place of all such numbers in declarations.
 *
 * @param {string} program @param {number} from @param {number} to
 */
export function programsOfSize(program, from, to) {
  const lines = program.split("\n");
  const named = lines.flatMap((line, at) => {
    const [, names, numbers, rest] = /^(\s*\w+(?:\s*,\s*\w+)*\s*=\s*)(\d+(?:\s*,\s*\d+)*)(\s*(?:#.*)?)$/.exec(line) ?? [];
    const parts = numbers?.split(",") ?? [];
    return parts.flatMap((part, place) => {
      if (Number(part) !== from) return [];
      const changed = names + parts.with(place, part.replace(/\d+/, String(to))).join(",") + rest;
      return [lines.with(at, changed).join("\n")];
    });
  });
  const declared = program.replace(/^(\s*\w+\s*:\s*\w+\s*\[)([^\]]*)/gm, (_, before, sizes) => before + sizes.replace(new RegExp(`\\b${from}\\b`, "g"), String(to)));
  return declared === program ? named : [...named, declared];
}

/**
 * The first of these programs that starts, or whose problem is another one that is not of the program itself; null if none is.
 *
 * @param {string} program @param {number} from @param {number} to
 * @param {string} code of the problem that is to go
 * @param {(program: string) => Promise<unknown>} start
 */
export async function programThatFits(program, from, to, code, start) {
  for (const changed of programsOfSize(program, from, to)) {
    const left = await start(changed).then(() => null, (error) => error);
    if (!left || (left.code && left.code !== code && left.line === null)) return changed;
  }
  return null;
}
