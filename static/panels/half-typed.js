/** A cell of the inspector that was being typed when the page was left is gone on with after a reload. */

const KEY = "tidegraph.cell";

/** @typedef {{ id: string, index: string, text: string }} Cell */

/** @param {() => Cell | null} current the cell that is being edited when the page is left */
export function keepHalfTyped(current) {
  addEventListener("pagehide", () => {
    const cell = current();
    try {
      if (cell) sessionStorage.setItem(KEY, JSON.stringify(cell));
      else sessionStorage.removeItem(KEY);
    } catch {
      // Nothing is kept then.
    }
  });
}

/** The cell of that variable that was left half typed, once. @param {string | null} id @returns {Cell | null} */
export function takeHalfTyped(id) {
  try {
    const cell = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (cell?.id !== id) return null;
    sessionStorage.removeItem(KEY);
    return cell;
  } catch {
    return null;
  }
}
