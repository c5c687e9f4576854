/** The fonts of the mathematics, as files beside the script: a document declares them, since a shadow root cannot. */

/** @param {string} href of the style sheet that names them */
export function linkFonts(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
}
