/**
 * Files opened in the page, by the button or dropped on it: programs are read here, models by the server, which keeps
 * their large arrays; arrays become values of the program on show. Nothing in a file is executed.
 *
 * @import {NestedTensor} from "../types.js"
 * @import {Session} from "../state/session.js"
 */
import { formatCount } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { button, make } from "../shared/dom.js";
import { readNpy, readNumbers, reshape } from "../shared/npy.js";

/** Endings of files, by who reads them. */
const [PROGRAMS, MODELS, ARRAYS] = [[".py", ".txt", ".ipynb"], [".onnx", ".tide", ".keras", ".safetensors"], [".npy", ".csv"]];
export const ENDINGS = [...MODELS, ...PROGRAMS, ...ARRAYS];

/** Bytes of a program or an array that is read here. */
const MOST_BYTES = 20_000_000;

/** Notes that are listed; a model may have thousands. */
const MOST_NOTES = 40;

/** A file that is refused, in words for the person who brought it. */
class Refusal extends Error {
  /** @param {string} message @param {string} [hint] */
  constructor(message, hint = "") {
    super(message);
    this.hint = hint;
  }
}

/**
 * @typedef {object} Opening
 * @property {string} program
 * @property {Record<string, NestedTensor>} [values]
 * @property {string | null} [weights] the name of stored arrays
 * @property {import("../types.js").TraceRequest["dtype"]} [dtype]
 * @property {string[]} [notes]
 * @property {Record<string, number>} [sizes] open dimensions
 */

/** @type {ReturnType<typeof createOpen> | null} */
let opened = null;

/** What opens the page's files, made once. @type {(...made: Parameters<typeof createOpen>) => ReturnType<typeof createOpen>} */
export const openFiles = (stage, page) => (opened ??= createOpen(stage, page));

/**
 * @param {Element | null} stage where the status stands
 * @param {{
 *   session: Session,
 *   upload: (path: string, file: Blob, how: { signal: AbortSignal, onProgress: (part: number) => void }) => Promise<any>,
 *   write: (program: string) => void,
 *   problem: () => import("../state/api.js").ApiError | null,
 *   reveal: () => void,
 * }} page `write` puts a program into the editor, `problem` is what is wrong with the last run, `reveal` shows the editor
 */
function createOpen(stage, { session, upload, write, problem, reveal }) {
  const input = make("input", { type: "file", multiple: true, hidden: true, accept: ENDINGS.join(","), "aria-label": t("open.title") });
  const hint = make("div", { class: "drop-hint", hidden: true }, make("p", {}, t("open.drop")), make("p", {}, ENDINGS.join(" ")));
  const status = make("div", { class: "opening", role: "status", hidden: true });
  /** @type {AbortController | null} */
  let working = null;
  stage?.append(input, status, hint);
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.value = "";
  });

  /** @param {DragEvent} event */
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    hint.hidden = false;
  });
  for (const name of /** @type {const} */ (["dragleave", "drop"])) {
    addEventListener(name, (event) => {
      if (name === "drop" || !event.relatedTarget) hint.hidden = true;
    });
  }
  addEventListener("drop", (event) => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });

  /** @param {File[]} files @param {Record<string, number>} [sizes] of open dimensions */
  async function take(files, sizes = {}) {
    if (files.length === 0) return;
    working?.abort();
    const mine = new AbortController();
    working = mine;
    // A program first: the arrays beside it are its values.
    files.sort((a, b) => order(a) - order(b));
    const notes = [];
    let found = sizes;
    try {
      for (const file of files) {
        const opened = await open(file, mine.signal, sizes);
        notes.push(...(opened.notes ?? []));
        found = { ...found, ...opened.sizes };
        if (mine.signal.aborted) return;
      }
      tell(files, notes, found);
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Error)) throw error;
      refuse(error, files, { ...found, .../** @type {Partial<import("../state/api.js").ApiError>} */ (error).sizes, ...sizes });
    } finally {
      if (working === mine) working = null;
    }
  }

  /**
   * @param {File} file
   * @param {AbortSignal} signal
   * @param {Record<string, number>} sizes
   * @returns {Promise<{ notes?: string[], sizes?: Record<string, number> }>} what was left out, and the open dimensions
   */
  async function open(file, signal, sizes) {
    const ending = endingOf(file.name);
    if (!ENDINGS.includes(ending)) throw new Refusal(t("open.ending", { file: file.name }), t("open.endings", { endings: ENDINGS.join(", ") }));
    if (file.size === 0) throw new Refusal(t("open.empty", { file: file.name }));
    show(file, signal);
    if (PROGRAMS.includes(ending)) return shown({ program: await programOf(file, ending) });
    if (ARRAYS.includes(ending)) {
      await arrays(file, ending);
      return {};
    }
    if (ending === ".safetensors") {
      const fitting = await weightsOf(file);
      if (fitting) {
        await upload(`weights/${fitting}`, file, { signal, onProgress: progress });
        return shown({ program: session.program, weights: fitting });
      }
    }
    const chosen = Object.entries(sizes).map(([name, size]) => `&size=${encodeURIComponent(`${name}=${size}`)}`);
    const found = await upload(`import?name=${encodeURIComponent(file.name.slice(-200))}&arrays=stored${chosen.join("")}`, file, { signal, onProgress: progress });
    return shown(found);
  }

  /** A file's program and values, its groups closed at first; values alone leave the picture as it is. @param {Opening} opening */
  async function shown({ program, values = {}, weights, dtype, notes = [], sizes }) {
    const same = program === session.program && Boolean(weights);
    if (!same) {
      write(program);
      session.select(null);
    }
    const more = same ? { dtype: session.stored.dtype, open: session.open } : { values, dtype, open: [], anew: true };
    if (await session.run({ program, weights, ...more })) return { notes, sizes };
    const error = problem();
    if (error?.line) reveal();
    throw error && !error.line ? error : new Refusal("");
  }

  /** An array as the value of the variable that the file is named after, or else of the one that is selected. @param {File} file @param {string} ending */
  async function arrays(file, ending) {
    if (file.size > MOST_BYTES) throw new Refusal(t("open.large", { file: file.name, size: bytes(file.size), most: bytes(MOST_BYTES) }));
    const stem = file.name.slice(0, -ending.length);
    const leaves = [...(session.trace?.nodes.values() ?? [])].filter((node) => node.kind === "variable" && node.role !== "intermediate");
    const node = leaves.find(({ id }) => id === stem) ?? leaves.find(({ id }) => id === session.selected);
    if (!node || node.kind !== "variable") throw new Refusal(t("open.whose", { file: file.name }), t("open.whose.hint", { names: leaves.map(({ id }) => id).slice(0, 12).join(", ") }));
    const read = ending === ".npy" ? reshape(readNpy(await file.arrayBuffer()), node.shape) : readNumbers(await file.text(), node.shape);
    if (!(await session.setValues({ ...session.wanted, [node.id]: read }))) throw new Refusal("");
    session.select(node.id);
  }

  /** The name of a file of arrays that are all declared in the program on show, in their shapes; null for any other. @param {File} file */
  async function weightsOf(file) {
    const { trace } = session;
    const head = new DataView(await file.slice(0, 8).arrayBuffer());
    const length = head.byteLength < 8 ? 0 : Number(head.getBigUint64(0, true));
    if (!trace || !globalThis.crypto?.subtle || length === 0 || length > MOST_BYTES) return null;
    /** @type {Record<string, { shape: number[] }>} */
    let header;
    try {
      header = JSON.parse(await file.slice(8, 8 + length).text());
    } catch {
      return null;
    }
    const names = Object.keys(header).filter((name) => name !== "__metadata__");
    const fits = names.every((name) => {
      const node = trace.nodes.get(name);
      return node?.kind === "variable" && node.role !== "intermediate" && String(node.shape) === String(header[name]?.shape);
    });
    if (names.length === 0 || !fits) return null;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return `sha256-${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** @param {File} file @param {AbortSignal} signal */
  function show(file, signal) {
    const cancel = () => {
      working?.abort();
      status.hidden = true;
    };
    status.classList.remove("failed");
    status.replaceChildren(
      make("p", {}, t("open.reading", { file: file.name, size: bytes(file.size) })),
      make("progress", { max: 1, "aria-label": t("open.progress") }),
      button(t("open.cancel"), cancel, { class: "small-button" }),
    );
    status.hidden = signal.aborted;
  }

  /** The part of a file that has been sent; the server's work has no measure. @param {number} part */
  function progress(part) {
    const bar = status.querySelector("progress");
    if (part < 1) bar?.setAttribute("value", String(part));
    else bar?.removeAttribute("value");
  }

  /** @param {File[]} files @param {string[]} notes @param {Record<string, number>} sizes */
  function tell(files, notes, sizes) {
    const list = notes.slice(0, MOST_NOTES).map((note) => make("li", {}, note));
    if (notes.length > MOST_NOTES) list.push(make("li", {}, t("open.more", { count: formatCount(notes.length - MOST_NOTES) })));
    const names = files.map(({ name, size }) => t("open.file", { file: name, size: bytes(size) })).join(", ");
    status.replaceChildren(make("p", {}, t("open.done", { files: names })), ...(list.length ? [make("p", {}, t("open.notes")), make("ul", {}, ...list)] : []), ...sizesForm(files, sizes), close());
  }

  /**
   * Asks for the sizes of open dimensions, with which the files are opened again.
   *
   * @param {File[]} files
   * @param {Record<string, number>} sizes
   */
  function sizesForm(files, sizes) {
    const fields = Object.entries(sizes).map(([name, size]) => {
      const field = make("input", { type: "number", name, min: 1, step: 1, max: 999_999_999, required: true, value: size });
      return make("label", {}, make("code", {}, name), field);
    });
    if (fields.length === 0) return [];
    const submit = make("button", { type: "submit", class: "small-button" }, t("open.again"));
    const form = /** @type {HTMLFormElement} */ (make("form", { class: "sizes" }, make("p", {}, t("open.sizes")), ...fields, submit));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      take(files, Object.fromEntries([...form.querySelectorAll("input")].map(({ name, valueAsNumber }) => [name, valueAsNumber])));
    });
    return [form];
  }

  /** @param {Error} error @param {File[]} files @param {Record<string, number>} sizes */
  function refuse(error, files, sizes) {
    const hint = /** @type {{ hint?: string | null }} */ (error).hint;
    if (!error.message) {
      // The page says what is wrong, beside the program.
      status.hidden = true;
      return;
    }
    status.classList.add("failed");
    const name = files.length === 1 && !error.message.includes(files[0].name) ? t("open.failed", { file: files[0].name }) : "";
    status.replaceChildren(make("p", { role: "alert" }, [name, error.message].filter(Boolean).join(" ")), ...(hint ? [make("p", { class: "hint" }, hint)] : []), ...sizesForm(files, sizes), close());
    status.hidden = false;
  }

  const close = () => button(t("open.close"), () => (status.hidden = true), { class: "small-button" });

  return { choose: () => input.click() };
}

/** @param {File} file */
const order = ({ name }) => (PROGRAMS.includes(endingOf(name)) || [".onnx", ".keras", ".tide"].includes(endingOf(name)) ? 0 : 1);

/** @param {string} name */
function endingOf(name) {
  const at = name.lastIndexOf(".");
  return at < 0 ? "" : name.slice(at).toLowerCase();
}

/** The text of a program; of a notebook, that of its cells of code. @param {File} file @param {string} ending */
async function programOf(file, ending) {
  if (file.size > MOST_BYTES) throw new Refusal(t("open.large", { file: file.name, size: bytes(file.size), most: bytes(MOST_BYTES) }));
  const content = await file.arrayBuffer();
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new Refusal(t("open.text", { file: file.name }));
  }
  if (ending !== ".ipynb") return text;
  try {
    return cellsOf(JSON.parse(text));
  } catch {
    throw new Refusal(t("open.notebook", { file: file.name }));
  }
}

/** A notebook's cells of code as one program, without commands of IPython. @param {{ cells: { cell_type: string, source: string | string[] }[] }} notebook */
export function cellsOf({ cells }) {
  const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => (Array.isArray(source) ? source.join("") : source));
  const lines = code.flatMap((text) => (text.startsWith("%%") ? [] : [...text.split("\n").filter((line) => !/^\s*[%!]/.test(line)), ""]));
  return `${lines.join("\n").trim()}\n`;
}

/** @param {number} count */
function bytes(count) {
  const unit = count < 1e3 ? 0 : count < 1e6 ? 1 : 2;
  return `${formatCount(Math.max(1, Math.round(count / 1000 ** unit)))} ${["B", "kB", "MB"][unit]}`;
}
