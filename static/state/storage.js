/** What this browser keeps for a reader. One that keeps nothing stays with what it asks for. */

const LANGUAGE = "tidegraph.language";

/** @returns {string | null} the language that was chosen */
export function storedLanguage() {
  return read(LANGUAGE);
}

/** @param {string} language */
export function storeLanguage(language) {
  write(LANGUAGE, language);
}

const PROGRAMS = "tidegraph.programs";
/** So many of a reader's programs are kept, the latest first. */
const MOST_PROGRAMS = 24;

/** @typedef {{ name: string, program: string }} OwnProgram */

/** What a program is called: its first comment, or else its first line. @param {string} program */
export function nameOf(program) {
  const lines = program.split("\n").map((line) => line.trim()).filter(Boolean);
  const comment = lines.find((line) => line.startsWith("#") && line.replace(/^#+/, "").trim() !== "");
  return (comment?.replace(/^#+\s*/, "") ?? lines[0] ?? "").slice(0, 60);
}

/** @returns {OwnProgram[]} */
export function ownPrograms() {
  try {
    const found = JSON.parse(read(PROGRAMS) ?? "[]");
    return Array.isArray(found) ? found.filter(({ name, program }) => typeof name === "string" && typeof program === "string") : [];
  } catch {
    return [];
  }
}

/** Keeps a program that has run, in place of the one it was edited from; another of the same name stays. @param {string} program @param {string} before */
export function keepProgram(program, before) {
  const called = nameOf(program);
  if (!called) return;
  const others = ownPrograms().filter((own) => own.program !== program && own.program !== before);
  let name = called;
  for (let number = 2; others.some((own) => own.name === name); number += 1) name = `${called} (${number})`;
  write(PROGRAMS, JSON.stringify([{ name, program }, ...others].slice(0, MOST_PROGRAMS)));
}

/** @param {string} name */
export function dropProgram(name) {
  write(PROGRAMS, JSON.stringify(ownPrograms().filter((own) => own.name !== name)));
}

/** @param {string} key @returns {string | null} */
export function read(key) {
  try {
    return globalThis.localStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing is kept then.
  }
}
