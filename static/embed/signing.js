/** Results signed as engine/teaching/signing.py signs them: HMAC with SHA-256 over the JSON, keys sorted, without spaces. */

/** @param {unknown} content @returns {string} */
export function canonical(content) {
  if (Array.isArray(content)) return `[${content.map(canonical).join(",")}]`;
  if (typeof content !== "object" || content === null) return JSON.stringify(content);
  const members = Object.entries(content).sort(([a], [b]) => byCodePoint(a, b));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${canonical(value)}`).join(",")}}`;
}

/** @param {Record<string, unknown>} content without a signature @param {string} key */
export async function sign(content, key) {
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
  const signing = await crypto.subtle.importKey("raw", bytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", signing, bytes(canonical(content))));
  return { ...content, signature: `hmac-sha256:${Array.from(signed, (byte) => byte.toString(16).padStart(2, "0")).join("")}` };
}

/** @param {string} a @param {string} b */
function byCodePoint(a, b) {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at].codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
