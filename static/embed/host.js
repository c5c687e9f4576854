/**
 * The page around a graph. Sites switch to dark in many ways (a class, a data attribute, a media query); all of them
 * write light letters then, so the letters are asked.
 */

/** @param {Element} element @returns {"light" | "dark"} */
export function hostTheme(element) {
  const around = outer(element) ?? element;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(around).color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128 ? "dark" : "light";
}

/** What an element stands in, also where that is a shadow root. @param {Element} element @returns {Element | null} */
function outer({ parentNode }) {
  return parentNode && "host" in parentNode ? /** @type {ShadowRoot} */ (parentNode).host : /** @type {Element | null} */ (parentNode);
}

/**
 * @param {Element} element
 * @param {() => void} callback called when the page around `element` may have changed its theme
 * @returns {() => void} what ends it
 */
export function onHostTheme(element, callback) {
  const later = () => requestAnimationFrame(callback);
  const watch = new MutationObserver(later);
  for (let around = outer(element); around?.nodeType === Node.ELEMENT_NODE; around = outer(around)) {
    watch.observe(around, { attributes: true });
  }
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", later);
  const page = element.ownerDocument;
  /** Letters may fade from one colour to the other. @param {TransitionEvent} event */
  const faded = ({ propertyName }) => propertyName === "color" && callback();
  page.addEventListener("transitionend", faded);
  return () => {
    watch.disconnect();
    page.removeEventListener("transitionend", faded);
    scheme.removeEventListener("change", later);
  };
}
