/**
 * What a person has set in a panel, as texts by name: what an address keeps of it. Only what is other than proposed,
 * so that an address stays short; controls know what that was (`defaultValue`, `defaultChecked`, the first option).
 */

/** @typedef {Record<string, string>} Settings */

/**
 * @typedef {object} Setting
 * @property {() => string | null} tell null where it is as proposed
 * @property {(text: string | null) => void} take what it cannot be is as null, the proposal
 */

/** @param {Record<string, Setting>} settings @returns {Settings} */
export function tell(settings) {
  /** @type {Settings} */
  const told = {};
  for (const [name, setting] of Object.entries(settings)) {
    const text = setting.tell();
    if (text !== null) told[name] = text;
  }
  return told;
}

/** @param {Record<string, Setting>} settings @param {Settings} given */
export function take(settings, given) {
  for (const [name, setting] of Object.entries(settings)) setting.take(given[name] ?? null);
}

/** @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control @returns {Setting} */
export function setting(control) {
  if (control instanceof HTMLSelectElement) return selected(control);
  if (control.type === "checkbox") return ticked(/** @type {HTMLInputElement} */ (control));
  return {
    tell: () => (control.value === control.defaultValue ? null : control.value),
    take(text) {
      const fits = text !== null && (control.type !== "number" || Number.isFinite(Number(text)));
      control.value = fits ? text : control.defaultValue;
    },
  };
}

/** @param {HTMLSelectElement} select @returns {Setting} */
function selected(select) {
  const proposed = () => select.options[0]?.value ?? "";
  return {
    tell: () => (select.value === proposed() ? null : select.value),
    take(text) {
      select.value = [...select.options].some(({ value }) => value === text) ? String(text) : proposed();
    },
  };
}

/** @param {HTMLInputElement} box @returns {Setting} */
function ticked(box) {
  return {
    tell: () => (box.checked === box.defaultChecked ? null : String(box.checked)),
    take(text) {
      box.checked = text === null ? box.defaultChecked : text === "true";
    },
  };
}
