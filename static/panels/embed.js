/**
 * The dialog that gives away the lines which put this graph into another page: four ways, the wishes that they share,
 * and how it will look there.
 *
 * @import {Session} from "../state/session.js"
 * @import {Player} from "../state/player.js"
 * @import {Subject, Wishes} from "./snippets.js"
 */
import { button, icon, make } from "../shared/dom.js";
import { currentWriting, DIGITS, USUAL } from "../i18n/format.js";
import {
  HEIGHT, PANELS, elementLines, exportLines, frameAddress, frameLine, mkdocsLines, mystLines, notebookLines, sphinxLines,
} from "./snippets.js";
import { language as spoken, t } from "../i18n/strings.js";
import { wordsOf } from "./gallery.js";

/** @typedef {"frame" | "element" | "file" | "course"} Way */
/** @type {Way[]} */
const WAYS = ["frame", "element", "file", "course"];
const SOURCES = { sphinx: "Sphinx", myst: "MyST, Jupyter Book", mkdocs: "MkDocs", notebook: "Jupyter" };
const FORMATS = ["html", "svg", "png", "tex", "json"];
const WIDTHS = { wide: null, phone: 390 };
/** The preview is drawn again once nothing has been changed for so long. */
const PAUSE = 250;

/**
 * @param {object} page
 * @param {Session} page.session
 * @param {Player} page.player
 * @param {(path: string, body: object) => Promise<Blob>} page.fetchFile
 * @param {() => Record<string, [number, number]>} page.moves how far marks were moved by hand
 * @param {(name: string, file: Blob) => void} page.hand
 */
export function createEmbedDialog({ session, player, fetchFile, moves, hand }) {
  /** @type {Way} */
  let way = "frame";
  /** @type {keyof typeof SOURCES} */
  let source = "sphinx";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** The lines as they are last wished for, once they are there. */
  let written = Promise.resolve();

  const about = make("p", { class: "about-way" });
  const code = make("code");
  const block = make("pre", { tabIndex: 0, role: "region", "aria-label": t("share.embed.code") }, code);
  const copied = make("span", { class: "said", role: "status" });
  const copyButton = button(t("share.embed.copy"), () => written.then(() => copy(code.textContent ?? "")), { class: "primary" });
  const addressButton = button(t("share.embed.address"), async () => copy(await frameAddress(home(), subject(), wished())), { class: "small-button" });
  const preview = make("iframe", { title: t("share.embed.preview") });
  const stage = make("div", { class: "preview", tabIndex: 0, role: "group", "aria-label": t("share.embed.preview") }, preview);
  const widths = choice("share.embed.width", Object.keys(WIDTHS), "wide", (name) => {
    stage.dataset.width = name;
  });
  const sources = choice("share.embed.source", Object.keys(SOURCES), source, (name) => {
    source = /** @type {keyof typeof SOURCES} */ (name);
    write();
  }, SOURCES);
  const files = make(
    "div",
    { class: "files" },
    ...FORMATS.map((format) => button(`.${format}`, () => download(format), { class: "small-button" })),
  );
  const trouble = make("p", { class: "problem-note", role: "alert" });

  const theme = select("theme", ["auto", "light", "dark"]);
  const language = select("language", ["", "en", "zh"]);
  const height = number("height", 240, 1200);
  const moment = number("moment", 0, 0);
  const first = number("first", 0, 0);
  const last = number("last", 0, 0);
  const digits = make("select", {}, ...DIGITS.map((count) => make("option", { value: String(count) }, String(count))));
  const scientific = make("select", {}, make("option", { value: "" }, "0.01234"), make("option", { value: "1" }, "1.234e\u22122"));
  const panels = PANELS.map((name) => tick(`panel.${name}`));
  const autoplay = tick("autoplay");
  const readonly = tick("readonly");
  const wishes = make(
    "div",
    { class: "wishes" },
    field("theme", theme), field("language", language), field("height", height),
    field("moment", moment), field("first", first), field("last", last),
    make("label", {}, make("span", {}, t("look.digits")), digits),
    make("label", {}, make("span", {}, t("look.numbers")), scientific),
    make("fieldset", {}, make("legend", {}, t("share.embed.panels")), ...panels.map(({ label }) => label)),
    make("fieldset", {}, make("legend", {}, t("share.embed.play")), autoplay.label, readonly.label),
  );
  wishes.addEventListener("input", write);

  const tabs = WAYS.map((name) =>
    button(t(`share.embed.${name}`), () => choose(name), { role: "tab", id: `embed-tab-${name}`, "aria-controls": "embed-body" }),
  );
  const tablist = make("div", { class: "tabs", role: "tablist", "aria-label": t("share.embed.title") }, ...tabs);
  tablist.addEventListener("keydown", turn);
  const close = button("", () => dialog.close(), { class: "close", "aria-label": t("share.embed.close") });
  close.append(icon("close"));
  const body = make(
    "div",
    { class: "embed-body", id: "embed-body", role: "tabpanel" },
    make("div", { class: "asking" }, about, sources, files, trouble, wishes),
    make("div", { class: "seeing" }, widths, stage),
    make("div", { class: "lines" }, block, make("div", { class: "copying" }, copyButton, addressButton, copied)),
  );
  const dialog = make(
    "dialog",
    { class: "embed-dialog", "aria-labelledby": "embed-title" },
    make("div", { class: "embed-head" }, make("h2", { id: "embed-title" }, t("share.embed.title")), tablist, close),
    body,
  );
  // The keys of the page behind, Escape among them, are not meant while the dialog is open.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => preview.removeAttribute("src"));
  document.body.append(dialog);

  return {
    show() {
      const length = session.view?.steps.length ?? 0;
      for (const input of [moment, first, last]) input.max = String(length);
      moment.value = String(player.state.moment);
      [first.value, last.value] = ["0", String(length)];
      digits.value = String(currentWriting().digits);
      scientific.value = currentWriting().scientific ? "1" : "";
      copied.textContent = "";
      trouble.textContent = "";
      choose(way);
      dialog.showModal();
    },
  };

  /** @param {Way} name */
  function choose(name) {
    way = name;
    dialog.dataset.way = name;
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(WAYS[i] === name));
      tab.tabIndex = WAYS[i] === name ? 0 : -1;
    });
    body.setAttribute("aria-labelledby", `embed-tab-${name}`);
    about.textContent = t(`share.embed.${name}.words`);
    sources.hidden = name !== "course";
    files.hidden = name !== "file";
    addressButton.hidden = name !== "frame";
    wishes.hidden = name === "file";
    readonly.label.hidden = name === "course";
    language.closest("label")?.toggleAttribute("hidden", name === "course");
    write();
  }

  /** @param {KeyboardEvent} event */
  function turn(event) {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? WAYS.length - 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (WAYS.indexOf(way) + by) % WAYS.length;
    choose(WAYS[next]);
    tabs[next].focus();
  }

  /** @returns {Subject} */
  function subject() {
    const { example, program, values, sizes, open } = session;
    return { example: example?.name ?? null, title: example ? wordsOf(example).title : "Tidegraph", program: program.trim(), values, sizes, open };
  }

  /** @returns {Wishes} */
  function wished() {
    const whole = Number(first.value) === 0 && Number(last.value) === Number(last.max);
    return {
      theme: theme.value,
      language: language.value,
      panels: PANELS.filter((_, i) => panels[i].box.checked),
      moment: Number(moment.value),
      steps: whole ? "" : `${first.value}-${last.value}`,
      digits: Number(digits.value),
      scientific: scientific.value !== "",
      autoplay: autoplay.box.checked,
      readonly: readonly.box.checked,
      height: Number(height.value) || HEIGHT,
    };
  }

  function write() {
    copied.textContent = "";
    written = Promise.all([written, lines(subject(), wished())]).then(([, text]) => void (code.textContent = text));
    clearTimeout(waiting);
    waiting = setTimeout(look, preview.src ? PAUSE : 0);
  }

  /** @param {Subject} graph @param {Wishes} how */
  async function lines(graph, how) {
    if (way === "frame") return frameLine(home(), graph, how);
    if (way === "element") return elementLines(home(), graph, how);
    if (way === "file") return exportLines();
    const writers = { sphinx: sphinxLines, myst: mystLines, mkdocs: mkdocsLines, notebook: notebookLines };
    return writers[source]({ ...graph, example: null }, how);
  }

  async function look() {
    if (!dialog.open) return;
    const how = way === "file" ? { ...wished(), ...PLAIN } : wished();
    const address = await frameAddress(home(), subject(), how);
    preview.style.height = `${how.height}px`;
    if (preview.src !== address) preview.src = address;
  }

  /** @param {string} text */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      copied.textContent = t("share.copied");
    } catch {
      getSelection()?.selectAllChildren(code);
      copied.textContent = t("share.embed.select");
    }
  }

  /** @param {string} format */
  async function download(format) {
    trouble.textContent = "";
    const { program, values, sizes, title } = subject();
    try {
      const { trace } = session;
      const file =
        format === "tex" && spoken !== "en" && trace
          ? new Blob([(await import("./document.js")).derivationDocument(trace, title)])
          : await fetchFile("export", { program, values, sizes, title, format, ...(format === "html" && { moves: moves() }) });
      hand(`graph.${format}`, file);
    } catch (error) {
      const { message, hint } = /** @type {import("../state/api.js").ApiError} */ (error);
      trouble.textContent = [message, hint].filter(Boolean).join(" ");
    }
  }
}

/** The address of the service, with a slash at its end. */
function home() {
  return new URL(".", location.href).href;
}

/** What a file shows, which takes no wishes. */
const PLAIN = { theme: "auto", language: "", panels: PANELS, moment: 0, steps: "", digits: USUAL, scientific: false, autoplay: false, readonly: true };

/**
 * A row of buttons of which one is pressed.
 *
 * @param {import("../i18n/strings.js").Key} label
 * @param {string[]} names
 * @param {string} chosen
 * @param {(name: string) => void} onChoose
 * @param {Record<string, string>} [words]
 */
function choice(label, names, chosen, onChoose, words) {
  const buttons = names.map((name) =>
    button(words?.[name] ?? t(/** @type {import("../i18n/strings.js").Key} */ (`${label}.${name}`)), () => {
      buttons.forEach((one, i) => one.setAttribute("aria-pressed", String(names[i] === name)));
      onChoose(name);
    }, { "aria-pressed": String(name === chosen) }),
  );
  return make("div", { class: "choice", role: "group", "aria-label": t(label) }, ...buttons);
}

/** @param {string} name @param {HTMLElement} input */
function field(name, input) {
  return make("label", {}, make("span", {}, t(/** @type {import("../i18n/strings.js").Key} */ (`share.embed.${name}`))), input);
}

/** @param {string} name @param {string[]} values */
function select(name, values) {
  const words = (/** @type {string} */ value) => t(/** @type {import("../i18n/strings.js").Key} */ (`share.embed.${name}.${value || "any"}`));
  return make("select", {}, ...values.map((value) => make("option", { value }, words(value))));
}

/** @param {string} name @param {number} least @param {number} most */
function number(name, least, most) {
  return make("input", { type: "number", min: String(least), max: String(most), value: name === "height" ? String(HEIGHT) : "0", step: name === "height" ? "20" : "1" });
}

/** @param {string} name */
function tick(name) {
  const box = make("input", { type: "checkbox", checked: name.startsWith("panel.") });
  const label = make("label", {}, box, t(/** @type {import("../i18n/strings.js").Key} */ (`share.embed.${name}`)));
  return { box, label };
}
