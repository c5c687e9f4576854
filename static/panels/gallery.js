/**
 * The gallery: examples to start from, each with a picture of its graph, filtered by what they are about; and the
 * words of the one that is on, with its question, beside the program.
 *
 * @import {Example, ExampleWords} from "../types.js"
 */
import { isKey, language, t } from "../i18n/strings.js";
import { button, make } from "../shared/dom.js";
import { dropProgram, ownPrograms } from "../state/storage.js";
import { createThumbnails } from "./thumbnails.js";

/** @param {Example} example @returns {ExampleWords} */
export function wordsOf(example) {
  return language === "zh" ? example.zh : example;
}

/**
 * @param {HTMLElement} element
 * @param {{ title: HTMLElement, about: HTMLElement }} places `title`: which example is on; `about`: its words
 * @param {{ onChoose: (example: Example) => void, onOwn: (program: string) => void, draw: (example: Example) => Promise<SVGSVGElement> }} options
 */
export function createGallery(element, { title, about }, { onChoose, onOwn, draw }) {
  const watch = createThumbnails(draw);
  const tags = document.createElement("div");
  tags.className = "tags";
  tags.setAttribute("role", "group");
  tags.setAttribute("aria-label", t("gallery.filter"));
  const list = document.createElement("ul");
  list.className = "cards";
  const own = document.createElement("ul");
  own.className = "own";
  own.setAttribute("aria-label", t("gallery.programs"));
  element.append(own, tags, list);
  element.addEventListener("beforetoggle", listOwn);

  return {
    /** @param {Example[]} examples */
    load(examples) {
      const names = [...new Set(examples.flatMap((example) => example.tags))];
      tags.replaceChildren(tagButton(null), ...names.map(tagButton));
      list.replaceChildren(...examples.map(card));
      filter(null);
    },

    /** @param {Example | null} example */
    mark(example) {
      title.textContent = example ? wordsOf(example).title : t("gallery.own");
      for (const button of list.querySelectorAll("button")) {
        button.setAttribute("aria-current", String(button.dataset.example === example?.name));
      }
      about.hidden = example === null;
      if (!example) return;
      const { description, question } = wordsOf(example);
      about.replaceChildren(paragraph("description", description), paragraph("question", question));
    },
  };

  /** The reader's own programs, above all others. */
  function listOwn() {
    own.replaceChildren(
      ...ownPrograms().map(({ name, program }) => {
        const open = button(name, () => {
          element.hidePopover();
          onOwn(program);
        });
        const drop = button("\u00d7", () => {
          dropProgram(name);
          listOwn();
        }, { class: "close", "aria-label": t("gallery.drop", { name }) });
        return make("li", {}, open, drop);
      }),
    );
    own.hidden = own.childElementCount === 0;
  }

  /** @param {string | null} tag */
  function tagButton(tag) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.tag = tag ?? "";
    const key = `tag.${tag ?? "all"}`;
    button.textContent = isKey(key) ? t(key) : String(tag);
    button.addEventListener("click", () => filter(tag));
    return button;
  }

  /** @param {string | null} tag */
  function filter(tag) {
    for (const button of tags.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.tag === (tag ?? "")));
    }
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("li"))) {
      item.hidden = tag !== null && !(item.dataset.tags ?? "").split(" ").includes(tag);
    }
  }

  /** @param {Example} example */
  function card(example) {
    const item = document.createElement("li");
    item.dataset.tags = example.tags.join(" ");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.example = example.name;
    const frame = document.createElement("span");
    frame.className = "thumb";
    const name = document.createElement("strong");
    name.textContent = wordsOf(example).title;
    const words = document.createElement("span");
    words.className = "words";
    words.textContent = wordsOf(example).description;
    button.append(frame, name, words);
    button.addEventListener("click", () => {
      element.hidePopover();
      onChoose(example);
    });
    item.append(button);
    watch(frame, example);
    return item;
  }
}

/** @param {string} name @param {string} text */
function paragraph(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}
