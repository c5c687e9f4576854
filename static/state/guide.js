/**
 * The way into the guided tour: from the gallery, from a link, and once offered to whoever has not been here. The
 * tour itself is loaded when it begins, and goes on where it was left.
 */
import { button, make } from "../shared/dom.js";
import { read, write } from "./storage.js";
import { t } from "../i18n/strings.js";

const STORE = "tidegraph.tour";
const DECLINED = "0";

/** @typedef {Awaited<ReturnType<typeof import("./tour.js").createTour>>} Tour */

/**
 * @param {{ workspace: HTMLElement | null, gallery: HTMLElement, telling: Element | null, start: HTMLElement | null }} places
 *   `start`: what opens the gallery, where the focus goes when what had it is gone
 * @param {Omit<Parameters<typeof import("./tour.js").createTour>[1], "onMove"> & { open: () => Promise<void>, onMove: () => void }} page
 *   `open` shows the chapter's network; `onMove` is called when the address is another
 */
export function createGuide({ workspace, gallery, telling, start }, { open, onMove, ...page }) {
  /** @type {Tour | null} */
  let tour = null;
  /** @type {number | null} */
  let at = null;
  /** What had the focus before. @type {Element | null} */
  let from = null;
  const guide = {
    /** The stop at which the tour is, from 1; null where there is none. */
    get at() {
      return at;
    },

    /** @param {number} stop from 1 */
    async start(stop) {
      from = document.activeElement;
      offer?.remove();
      page.session.restore();
      const [{ createTour }] = await Promise.all([import("./tour.js"), open()]);
      tour ??= await createTour(/** @type {HTMLElement} */ (workspace), { ...page, onMove: moved });
      await tour.go(stop - 1);
      tour.focus();
    },
  };

  const resume = () => guide.start(Number(read(STORE)) || 1);
  const enter = button(t(Number(read(STORE)) > 1 ? "tour.resume" : "tour.take"), () => {
    gallery.hidePopover();
    resume();
  });
  gallery.prepend(make("p", { class: "guides" }, enter, make("a", { href: "chapter" }, t("tour.chapter"))));
  const offer = read(STORE) === null ? make("p", { class: "offer" }, make("span", {}, t("tour.offer"))) : null;
  if (offer) {
    const decline = button(t("tour.later"), () => {
      write(STORE, DECLINED);
      offer.remove();
    });
    offer.append(button(t("tour.take"), resume), decline);
    telling?.append(offer);
  }
  return guide;

  /** @param {number | null} stop */
  function moved(stop) {
    at = stop;
    if (stop === null) {
      tour = null;
      const back = from instanceof HTMLElement && from.isConnected && from !== document.body ? from : start;
      /** @type {HTMLElement | null} */ (back)?.focus();
    } else write(STORE, String(stop));
    enter.textContent = t(Number(read(STORE)) > 1 ? "tour.resume" : "tour.take");
    onMove();
  }
}
