/**
 * One sitting: the program, the numbers that were changed, the trace that came of them, which scopes are open
 * and what is selected. A program that fails leaves all of it as it was.
 *
 * @import {Example, NestedTensor, Trace, TraceBody, TraceRequest, Update, View} from "../types.js"
 */
import { dispatch } from "d3-dispatch";
import { ApiError } from "./api.js";
import { wishedWriting } from "../i18n/format.js";
import { t } from "../i18n/strings.js";
import { createTrace, openAtFirst } from "./trace.js";
import { createView } from "./view.js";

/**
 * @typedef {object} Wish
 * @property {string} program
 * @property {Record<string, NestedTensor>} [values]
 * @property {Example | null} [example] the example that the program was taken from
 * @property {string[]} [open] without it, what is open stays open
 * @property {boolean} [anew] what was there before has no part in it
 * @property {Record<string, number>} [sizes] numbers other than the program's own for sizes that it names
 * @property {string | null} [target] what is differentiated, where that is not the program's last scalar
 * @property {number} [moment]
 * @property {Opened | null} [step] the training step that the program is run as
 * @property {string | null} [weights] the name of stored arrays, which are the values of variables that have no others
 * @property {TraceRequest["dtype"]} [dtype] the precision to run it in
 * @property {boolean | null} [training] its mode, where it is not as the program says
 */

/**
 * @typedef {object} Opened
 * @property {Record<string, any>} request of `train/step`, without the program
 * @property {{ update: Update[], step: number, averaged: number } | null} told its answer, where it is there
 */

/**
 * @typedef {object} Change
 * @property {"graph" | "values" | "scopes"} kind
 * @property {View} view
 * @property {View | null} before null where what was on show has no part in it
 * @property {number | null} moment where a new graph is to start; null: where the one before it stands
 */

/** More of a session is not kept. */
const MOST_PAST = 20;

/** Milliseconds after which a server that does not answer is asked again: at first, and at most. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 15_000];

/** @param {{ trace: ReturnType<typeof import("./api.js").createApi>["trace"], ask?: (path: string, body: object) => Promise<any> }} api */
export function createSession(api) {
  const listeners = dispatch("change", "select", "busy", "error");
  let listenerCount = 0;
  /** @type {AbortController | null} */
  let request = null;
  /** @type {Trace | null} */
  let trace = null;
  /** @type {View | null} */
  let view = null;
  let program = "";
  /** Programs that were on show before this one, the latest first. @type {{ program: string, sizes: Record<string, number> }[]} */
  let past = [];
  /** @type {Record<string, NestedTensor>} */
  let values = {};
  /** All changed variables as they were last asked for, while the answer is not there. @type {Record<string, NestedTensor> | null} */
  let wanted = null;
  /** Values that a pull asks for next. @type {Record<string, NestedTensor> | null} */
  let pulled = null;
  let pulling = false;
  /** Numbers that are on show in place of the session's for a while, and those that are to be shown next. @type {Record<string, NestedTensor> | null} */
  let previewed = null;
  /** @type {Record<string, NestedTensor> | null | undefined} */
  let following;
  let previewing = false;
  /** What is on show as it came, and what is done to it before it is shown. @type {{ body: TraceBody, update?: Update[] } | null} */
  let raw = null;
  /** @type {((body: TraceBody) => TraceBody) | null} */
  let masking = null;
  /** @type {Opened | null} */
  let step = null;
  /** @type {Record<string, number>} */
  let sizes = {};
  /** Stored arrays and the precision, of a model that was opened; what is differentiated and the mode, where somebody chose them. @type {{ weights?: string, dtype?: TraceRequest["dtype"], target?: string, training?: boolean }} */
  let stored = {};
  /** @type {Example | null} */
  let example = null;
  /** @type {Set<string>} */
  let open = new Set();
  /** @type {string | null} */
  let selected = null;
  /** How often the scopes of an outline were asked for. */
  let fillings = 0;
  /** The program's own picture while another stands in its place. @type {{ trace: Trace, open: Set<string>, selected: string | null, moment: number } | null} */
  let own = null;

  const session = {
    get program() {
      return program;
    },
    get past() {
      return past;
    },
    get values() {
      return values;
    },
    /** The changed variables, with those that are on their way. */
    get wanted() {
      return wanted ?? values;
    },
    get sizes() {
      return sizes;
    },
    get target() {
      return stored.target ?? null;
    },
    get stored() {
      return stored;
    },
    /** What every endpoint that runs programs is asked with. */
    get request() {
      return { program, values, sizes, ...stored };
    },
    get example() {
      return example;
    },
    get open() {
      return [...(own?.open ?? open)];
    },
    /** The training step that is on show, until a number is changed. */
    get step() {
      return step;
    },
    /** Whether what is on show is not the program's own graph; then where that one stands. */
    get lent() {
      return own && { moment: own.moment, selected: own.selected };
    },
    /** Whether the numbers on show are not the session's, but those of a training run. */
    get previewing() {
      return previewed !== null;
    },
    /** The open scopes, where they are others than those that are open at first. */
    get chosen() {
      const known = own?.trace ?? trace;
      const first = known ? openAtFirst(known) : [];
      const now = session.open;
      return first.length === now.length && first.every((id) => now.includes(id)) ? undefined : now;
    },
    get trace() {
      return trace;
    },
    get view() {
      return view;
    },
    get selected() {
      return selected;
    },

    /**
     * Runs a program. The latest wish wins: an older answer that comes late is dropped.
     *
     * @param {Wish} wish
     * @returns {Promise<boolean>} whether there is a new graph
     */
    async run(wish) {
      wanted = null;
      const kept = {
        ...(wish.weights && { weights: wish.weights }),
        ...(wish.dtype && wish.dtype !== "float64" && { dtype: wish.dtype }),
        ...(wish.target && { target: wish.target }),
        ...(typeof wish.training === "boolean" && { training: wish.training }),
      };
      const drawn = wish.open ?? (wish.anew ? [] : session.open);
      const [body, opened] = await Promise.all([ask(wish.program, wish.values ?? {}, wish.sizes ?? {}, kept, drawn), told(wish.program, wish.step ?? null)]);
      if (!body) return false;
      if (program && program !== wish.program) {
        past = [{ program, sizes }, ...past.filter((version) => version.program !== program)].slice(0, MOST_PAST);
      }
      program = wish.program;
      values = wish.values ?? {};
      sizes = wish.sizes ?? {};
      stored = kept;
      const before = wish.anew ? null : (own?.trace ?? trace);
      example = wish.example ?? null;
      const opening = session.open;
      const lent = own !== null;
      own = null;
      step = opened;
      previewed = null;
      trace = traced(body, step?.told?.update);
      if (wish.anew && example) view = null;
      const { scopes } = trace;
      const fresh = openAtFirst(trace).filter((id) => !before?.scopes.has(id));
      open = new Set((wish.open ?? [...(before ? opening : []), ...fresh]).filter((id) => scopes.has(id)));
      show("graph", wish.moment ?? (wish.anew || lent || !view ? 0 : null));
      if (trace.outline) complete(trace.outline, wish.moment ?? 0);
      return true;
    },

    /**
     * Puts other numbers in place of a variable's own and computes everything anew.
     *
     * @param {Record<string, NestedTensor>} changed all changed variables; none of them: back to the start
     */
    async setValues(changed) {
      wanted = changed;
      const same = changed === values && step ? { ...step, told: null } : null;
      const [body, opened] = await Promise.all([ask(program, changed, sizes, stored), told(program, same)]);
      if (wanted === changed) wanted = null;
      if (!body) return false;
      step = opened;
      previewed = null;
      values = changed;
      trace = traced(body, step?.told?.update);
      if (own) {
        ({ open, selected } = own);
        const { moment } = own;
        own = null;
        show("graph", moment);
      } else {
        show("values", 0);
      }
      return true;
    },

    /**
     * Shows another trace of the same program in place of its own, at its end: a level of its derivatives.
     *
     * @param {TraceBody} body
     * @param {number} moment at which the program's own picture stands
     */
    lend(body, moment) {
      if (!trace) return;
      own ??= { trace, open, selected, moment };
      trace = createTrace(body);
      open = new Set();
      show("graph", trace.steps.length);
    },

    /** The program's own picture again, as it was left. */
    restore() {
      if (!own) return;
      const back = own;
      own = null;
      ({ trace, open } = back);
      show("graph", back.moment);
      session.select(back.selected);
    },
    /** The same once more: its equations are to be written otherwise. */
    refresh: async () => trace !== null && session.setValues(values),

    /**
     * A number that is being pulled: while one is worked out, of those that come only the last is asked for.
     *
     * @param {string} id
     * @param {NestedTensor} tensor
     */
    async pull(id, tensor) {
      pulled = { ...session.wanted, ...pulled, [id]: tensor };
      if (pulling) return;
      pulling = true;
      while (pulled) {
        const next = pulled;
        pulled = null;
        await session.setValues(next);
      }
      pulling = false;
    },

    /**
     * Shows the graph with other numbers for a while, such as those of a training run; the session's own stay what they
     * are. While some are worked out, of those that come only the last are shown. null: the session's own again.
     *
     * @param {Record<string, NestedTensor> | null} numbers
     */
    async preview(numbers) {
      if (numbers === null && previewed === null && !previewing) return;
      following = numbers;
      if (previewing) return;
      previewing = true;
      while (following !== undefined) {
        const next = following;
        following = undefined;
        const asked = trace;
        const fits = Object.fromEntries(Object.entries(next ?? {}).filter(([id]) => trace?.nodes.has(id)));
        const wish = { program, values: { ...values, ...fits }, sizes, ...stored, ...wishedWriting() };
        const body = await api.trace(wish).catch(() => null);
        if (!body || trace !== asked || own) continue;
        previewed = next;
        trace = traced(body, next ? [] : step?.told?.update);
        show("values", 0);
      }
      previewing = false;
    },

    /** Hides parts of what is shown from now on, such as answers; null: all is shown. @param {((body: TraceBody) => TraceBody) | null} mask */
    mask(mask) {
      masking = mask;
      if (!raw || own) return;
      trace = traced(raw.body, raw.update);
      show("values", 0);
    },

    /** @param {string} id of a scope, to be opened or closed */
    toggle(id) {
      if (!trace) return;
      const closes = open.delete(id);
      if (!closes) open.add(id);
      if (trace.outline && !closes) fill();
      else show("scopes", 0);
    },

    /** @param {string[]} ids of scopes that are to be open, whichever else are */
    reveal(ids) {
      const closed = ids.filter((id) => !open.has(id));
      if (closed.length === 0) return;
      for (const id of closed) open.add(id);
      if (trace?.outline) fill();
      else show("scopes", 0);
    },

    /** @param {string | null} id */
    select(id) {
      selected = id;
      listeners.call("select", undefined, selected);
    },

    /**
     * @param {"change" | "select" | "busy" | "error"} type
     * @param {(argument: any) => void} listener called with a Change, an id or null, a boolean, an error or null
     */
    on(type, listener) {
      listeners.on(`${type}.${(listenerCount += 1)}`, listener);
      return session;
    },
  };

  /** @param {TraceBody} body @param {Update[]} [update] */
  function traced(body, update) {
    raw = { body, update };
    return createTrace(masking ? masking(body) : body, update);
  }

  /**
   * A training step with its update in equations; one that cannot be told is none.
   *
   * @param {string} text
   * @param {Opened | null} opened
   * @returns {Promise<Opened | null>}
   */
  async function told(text, opened) {
    if (!opened || opened.told) return opened;
    const found = await api.ask?.("train/step", { ...opened.request, program: text, ...wishedWriting() }).catch(() => null);
    return found ? { ...opened, told: found } : null;
  }

  /**
   * A server that does not answer is asked again until it does.
   *
   * @param {string} text
   * @param {Record<string, NestedTensor>} numbers
   * @param {Record<string, number>} lengths
   * @param {{ weights?: string, dtype?: TraceRequest["dtype"], target?: string, training?: boolean }} kept
   * @param {string[]} [drawn] scopes with which a large graph is drawn before it is run; without them it is run
   * @param {boolean} [ofOutline] whether an error leaves the outline of the same program on show
   */
  async function ask(text, numbers, lengths, kept, drawn, ofOutline = false) {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    listeners.call("busy", undefined, true);
    try {
      const wish = { program: text, values: numbers, sizes: lengths, ...kept, ...wishedWriting(), ...(drawn && { outline: drawn }) };
      let body = null;
      for (let pause = FIRST_PAUSE; !body; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        body = await api.trace(wish, mine.signal).catch((error) => {
          if (request === mine && error instanceof ApiError && error.status === 0) report(error.message);
          else throw error;
        });
        if (request !== mine) return null;
        if (!body) await later(pause);
        if (request !== mine) return null;
      }
      listeners.call("error", undefined, null);
      return body;
    } catch (error) {
      if (request !== mine) return null;
      if (!(error instanceof ApiError)) throw error;
      listeners.call("error", undefined, Object.assign(error, { ofOutline }));
      return null;
    } finally {
      if (request === mine) {
        request = null;
        listeners.call("busy", undefined, false);
      }
    }
  }

  /**
   * Runs the program whose outline is on show, and puts the run in its place.
   *
   * @param {NonNullable<Trace["outline"]>} outline
   * @param {number} moment
   */
  async function complete({ operators, runs }, moment) {
    if (!runs) {
      const error = new ApiError(t("graph.outline", { operators }), { hint: t("graph.outline.hint") });
      listeners.call("error", undefined, Object.assign(error, { ofOutline: true }));
      return;
    }
    const body = await ask(program, values, sizes, stored, undefined, true);
    if (!body) return;
    if (own) ({ open, selected } = own);
    own = null;
    trace = traced(body, step?.told?.update);
    show("graph", moment);
  }

  /** Asks for the outline with the scopes that are open by now. */
  async function fill() {
    const mine = (fillings += 1);
    const text = program;
    const body = await api.trace({ program, values, sizes, ...stored, ...wishedWriting(), outline: [...open] }).catch(() => null);
    if (mine !== fillings || text !== program || !trace?.outline) return;
    if (body?.outline) trace = traced(body);
    open = new Set([...open].filter((id) => trace?.scopes.has(id)));
    show("scopes", 0);
  }

  /** @param {string} message of a server that does not answer */
  function report(message) {
    listeners.call("error", undefined, new ApiError(message, { hint: t("error.silent.again") }));
  }

  /** @param {Change["kind"]} kind @param {number | null} moment */
  function show(kind, moment) {
    if (!trace) return;
    const before = view;
    view = createView(trace, open);
    if (selected && !trace.nodes.has(selected)) session.select(null);
    listeners.call("change", undefined, { kind, view, before, moment });
  }

  return session;
}

/** After so many milliseconds, or as soon as the browser is in a network again. @param {number} milliseconds @returns {Promise<void>} */
function later(milliseconds) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    globalThis.addEventListener?.("online", end);
  });
}

/** @typedef {ReturnType<typeof createSession>} Session */
