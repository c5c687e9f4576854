/**
 * The dialog that gives away the program as code of a framework, with its values and a check of its gradients.
 *
 * @import {Session} from "../state/session.js"
 */
import { button, icon, make } from "../shared/dom.js";
import { t } from "../i18n/strings.js";

/** Frameworks, by what the server calls them. */
const FRAMEWORKS = { pytorch: "PyTorch", jax: "JAX", numpy: "NumPy" };
/** @typedef {keyof typeof FRAMEWORKS} Framework */
const NAMES = /** @type {Framework[]} */ (Object.keys(FRAMEWORKS));

/**
 * @param {object} page
 * @param {Session} page.session
 * @param {(path: string, body: object) => Promise<Blob>} page.fetchFile
 * @param {(name: string, file: Blob) => void} page.hand
 */
export function createCodeDialog({ session, fetchFile, hand }) {
  /** @type {Framework} */
  let framework = "pytorch";
  /** Counts what is asked for: an answer that comes late is dropped. */
  let asked = 0;
  const code = make("code");
  const block = make("pre", { tabIndex: 0, id: "code-body", role: "tabpanel" }, code);
  const said = make("span", { class: "said", role: "status" });
  const backward = make("input", { type: "checkbox" });
  backward.addEventListener("change", load);
  const tabs = NAMES.map((name) => button(FRAMEWORKS[name], () => choose(name), { role: "tab", id: `code-tab-${name}`, "aria-controls": "code-body" }));
  const tablist = make("div", { class: "tabs", role: "tablist", "aria-label": t("share.code.title") }, ...tabs);
  tablist.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? NAMES.length - 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = (NAMES.indexOf(framework) + by) % NAMES.length;
    choose(NAMES[next]);
    tabs[next].focus();
  });
  const close = button("", () => dialog.close(), { class: "close", "aria-label": t("share.embed.close") });
  close.append(icon("close"));
  const dialog = make(
    "dialog",
    { class: "embed-dialog code-dialog", "aria-labelledby": "code-title" },
    make("div", { class: "embed-head" }, make("h2", { id: "code-title" }, t("share.code.title")), tablist, close),
    make("div", { class: "code-asking" }, make("label", {}, backward, t("share.code.backward")), make("p", { class: "about-way" }, t("share.code.words"))),
    make(
      "div",
      { class: "lines" },
      block,
      make("div", { class: "copying" }, button(t("share.embed.copy"), copy, { class: "primary" }), button(t("share.code.file"), save, { class: "small-button" }), said),
    ),
  );
  // The keys of the page behind, Escape among them, are not meant while the dialog is open.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);

  /** @param {Framework} name */
  function choose(name) {
    framework = name;
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(NAMES[i] === name));
      tab.tabIndex = NAMES[i] === name ? 0 : -1;
    });
    block.setAttribute("aria-labelledby", `code-tab-${name}`);
    load();
  }

  async function load() {
    const mine = (asked += 1);
    said.textContent = t("share.code.writing");
    try {
      const answer = await fetchFile("code", { ...session.request, to: framework, backward: backward.checked });
      const { code: text } = JSON.parse(await answer.text());
      if (mine !== asked) return;
      code.textContent = text;
      said.textContent = "";
    } catch (error) {
      if (mine !== asked) return;
      const { message, hint } = /** @type {import("../state/api.js").ApiError} */ (error);
      code.textContent = "";
      said.textContent = [message, hint].filter(Boolean).join(" ");
    }
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      said.textContent = t("share.copied");
    } catch {
      getSelection()?.selectAllChildren(code);
      said.textContent = t("share.embed.select");
    }
  }

  function save() {
    hand(`${session.example?.name ?? "program"}_${framework}.py`, new Blob([code.textContent ?? ""], { type: "text/x-python" }));
  }

  return {
    show() {
      dialog.showModal();
      choose(framework);
    },
  };
}
