/** A graph, a question or a tour as a widget (anywidget): what a reader changes or answers goes back to the notebook. */
import { frameOf, hasPlayer, keepPlayer } from "./frames.js";

const ARRIVAL = "tidegraph-player";

/**
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 */

/** What the frame says, as what the model holds then. @type {Record<string, (model: Model, said: any) => void>} */
const HEARD = {
  values: (model, { values }) => model.set("values", values),
  answer(model, said) {
    const answer = Object.fromEntries(Object.entries(said).filter(([name]) => name !== "source" && name !== "event"));
    model.set("answers", [...model.get("answers"), answer]);
  },
};

export default {
  /** @param {{ model: Model, el: HTMLElement }} place */
  render({ model, el }) {
    const name = model.get("name");
    if (model.get("player").length > 0) {
      keepPlayer(name, model.get("player"));
      dispatchEvent(new Event(ARRIVAL));
    }
    /** @type {HTMLIFrameElement | null} */
    let frame = null;
    const picture = Object.assign(document.createElement("div"), { innerHTML: model.get("picture") });
    el.append(picture);
    async function wake() {
      if (frame || !hasPlayer(name)) return;
      removeEventListener(ARRIVAL, wake);
      frame = await frameOf(name, { body: model.get("body"), title: model.get("title"), language: model.get("language") });
      frame.style.cssText = `width: 100%; border: 0; height: ${model.get("height")}px`;
      el.replaceChildren(frame);
    }
    /** @param {MessageEvent} message */
    function hear({ source, data }) {
      if (!frame || source !== frame.contentWindow || data?.source !== "tidegraph" || !Object.hasOwn(HEARD, data.event)) return;
      HEARD[data.event](model, data);
      model.save_changes();
    }
    addEventListener("message", hear);
    addEventListener(ARRIVAL, wake);
    void wake();
    return () => {
      removeEventListener("message", hear);
      removeEventListener(ARRIVAL, wake);
    };
  },
};
