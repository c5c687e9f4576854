/**
 * The REST API, as the page uses it.
 *
 * @import {Example, TraceBody, TraceRequest} from "../types.js"
 */
import { language, t } from "../i18n/strings.js";

/** What the server or the network has against a request, in words for the person who made it. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{ line?: number | null, column?: number | null, hint?: string | null, status?: number, lang?: string, fix?: import("../types.js").Fix | null, code?: string, parameters?: Record<string, any>, sizes?: Record<string, number> }} [details]
   *   `lang` where the words are in another language than the page; `code` and `parameters` as the problem has them
   */
  constructor(message, { line = null, column = null, hint = null, status = 0, lang = "", fix = null, code = "", parameters = {}, sizes = {} } = {}) {
    super(message);
    this.name = "ApiError";
    this.line = line;
    this.column = column;
    this.hint = hint;
    this.status = status;
    this.lang = lang;
    this.fix = fix;
    this.code = code;
    this.parameters = parameters;
    /** Open dimensions of a file that cannot be read with these sizes. */
    this.sizes = sizes;
    /** Whether it is about the run of a graph that stands there already. */
    this.ofOutline = false;
  }
}

/**
 * @param {string} base the API's address, with a slash at its end
 * @param {import("./preloaded.js").Given | null} [given] the answer to the first request, where it is there already
 */
export function createApi(base, given = null) {
  return {
    /**
     * Any other endpoint that is asked with a body.
     *
     * @param {string} path
     * @param {object} body
     * @returns {Promise<any>}
     */
    ask: (path, body) =>
      request(`${base}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),

    /**
     * An endpoint that answers with server-sent events.
     *
     * @param {string} path
     * @param {object} body
     * @param {(name: string, data: any) => void} onEvent
     * @param {AbortSignal} [signal]
     */
    async stream(path, body, onEvent, signal) {
      const response = await send(`${base}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: signal ?? null,
      });
      if (!response.ok || !response.body) throw await problem(response, await response.json().catch(() => null));
      const { readEvents } = await import("./events.js");
      await readEvents(response.body, onEvent);
    },

    /**
     * An endpoint that answers with a file.
     *
     * @param {string} path
     * @param {object} body
     */
    async file(path, body) {
      const response = await send(`${base}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw await problem(response, await response.json().catch(() => null));
      return response.blob();
    },

    /**
     * An endpoint that takes a file: `weights/...` keeps it, all others are posted to.
     *
     * @param {string} path
     * @param {Blob} file
     * @param {{ signal: AbortSignal, onProgress: (part: number) => void }} how `onProgress` hears which part has been sent
     * @returns {Promise<any>}
     */
    async upload(path, file, how) {
      const { upload } = await import("./upload.js");
      const { status, response } = await upload(`${base}${path}`, path.startsWith("weights/") ? "PUT" : "POST", file, how);
      if (status === 0) throw silent();
      if (status < 300 && response) return response;
      throw await problem({ status }, response);
    },

    /** @returns {Promise<{ name: string, signature: string, doc: string }[]>} */
    operators: () => request(`${base}operators`),

    /** @returns {Promise<Example[]>} */
    examples: () => request(`${base}examples`),

    /**
     * @param {TraceRequest} body
     * @param {AbortSignal} [signal]
     * @returns {Promise<TraceBody>}
     */
    trace: async (body, signal) => {
      const { program, values, sizes, ...more } = body;
      const first = given;
      given = null;
      if (language === "en" && first && first.example.program === program && Object.keys({ ...values, ...sizes, ...more }).every((name) => name === "outline")) return first.trace;
      return request(`${base}trace`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: signal ?? null,
      });
    },
  };
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
async function request(url, options) {
  const response = await send(url, options);
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw await problem(response, body);
}

/** How often a request comes again to a server on which no run could start. */
const ATTEMPTS = 3;
const BUSY = ["busy", "too-many-runs"];

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @param {number} [left] attempts after this one
 * @returns {Promise<Response>}
 */
async function send(url, options, left = ATTEMPTS) {
  try {
    const response = await fetch(url, { ...options, headers: { "accept-language": language, ...options?.headers } });
    if (response.status !== 503 || left === 0) return response;
    const { code } = await response.clone().json().catch(() => ({}));
    if (!BUSY.includes(code)) return response;
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("retry-after") ?? 1)));
    options?.signal?.throwIfAborted();
    return await send(url, options, left - 1);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw silent();
  }
}

/** A server that does not answer. */
const silent = () => new ApiError(t("error.silent"), { hint: t("error.silent.hint") });

/**
 * @param {{ status: number }} response
 * @param {any} body
 */
async function problem({ status }, body) {
  const { line, column, fix, code, parameters, sizes } = body ?? {};
  const message = body?.detail ?? body?.title;
  if (!message) return new ApiError(t("error.status", { status }), { status });
  return new ApiError(message, { line, column, fix, code, parameters, sizes, hint: body.hint, status });
}
