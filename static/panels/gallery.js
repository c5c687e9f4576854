/**
 * The gallery: examples to start from, in a list that opens below its button.
 *
 * @import {Example} from "../types.js"
 */

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} title shows which example is on
 * @param {{ onChoose: (example: Example) => void }} options
 */
export function createGallery(list, title, { onChoose }) {
  return {
    /** @param {Example[]} examples */
    load(examples) {
      list.replaceChildren(...examples.map(entry));
    },

    /** @param {Example | null} example */
    mark(example) {
      title.textContent = example?.title ?? "Your program";
      for (const button of list.querySelectorAll("button")) {
        button.setAttribute("aria-current", String(button.dataset.example === example?.name));
      }
    },
  };

  /** @param {Example} example */
  function entry(example) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.example = example.name;
    const name = document.createElement("strong");
    name.textContent = example.title;
    const words = document.createElement("span");
    words.textContent = example.description;
    button.append(name, words);
    button.addEventListener("click", () => {
      list.hidePopover();
      onChoose(example);
    });
    return button;
  }
}
