/**
 * The page around a graph. Sites switch to dark in many ways (a class, a data attribute, a media query); all of them
 * write light letters then, so the letters are asked.
 */

/** @param {HTMLElement} element @returns {"light" | "dark"} */
export function hostTheme(element) {
  const around = element.parentElement ?? document.body;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(around).color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128 ? "dark" : "light";
}

/**
 * @param {() => void} callback called when the page may have changed its theme
 * @returns {() => void} what ends it
 */
export function onHostTheme(callback) {
  const later = () => requestAnimationFrame(callback);
  const watch = new MutationObserver(later);
  for (const element of [document.documentElement, document.body]) watch.observe(element, { attributes: true });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", later);
  /** Letters may fade from one colour to the other. @param {TransitionEvent} event */
  const faded = ({ propertyName }) => propertyName === "color" && callback();
  document.addEventListener("transitionend", faded);
  return () => {
    watch.disconnect();
    document.removeEventListener("transitionend", faded);
    scheme.removeEventListener("change", later);
  };
}
