/**
 * The player: where in a list of steps the show stands. It knows neither what a step is nor how it is drawn.
 *
 * Moment m means that m steps are done; `progress` is how far step m has come. While a step is under way, and
 * after it until the next begins, it is the `current` one.
 *
 * @import {PlayerState} from "../types.js"
 */
import { dispatch } from "d3-dispatch";

/** Milliseconds at speed 1 that a step takes, and that a reader gets before the next begins. */
const TRAVEL = 900;
const REST = 700;

/**
 * @param {{ animated?: () => boolean }} [options] `animated` false: steps happen at once, and the show only waits
 */
export function createPlayer({ animated = () => true } = {}) {
  const listeners = dispatch("change");
  /** @type {string[]} */
  let phases = [];
  /** The moments between which the show plays. */
  let [first, last] = [0, 0];
  let moment = 0;
  let progress = 0;
  let playing = false;
  let flying = false;
  let rested = 0;
  let speed = 1;
  let looping = false;
  let listenerCount = 0;

  const player = {
    /** @returns {PlayerState} */
    get state() {
      const current = flying || progress > 0 ? moment : moment - 1;
      return { length: phases.length, first, last, moment, progress, current, playing, speed, looping };
    },

    /** Whether time has anything to do here. */
    get running() {
      return playing || flying;
    },

    /** Moments at which one phase is done and the next begins, first and last moment included. */
    get boundaries() {
      const inner = phases.flatMap((phase, i) => (i > first && i < last && phase !== phases[i - 1] ? [i] : []));
      return [first, ...inner, last];
    },

    /**
     * @param {{ phase: string }[]} steps
     * @param {number} [at]
     * @param {[number, number]} [part] the first and the last moment that are played
     */
    load(steps, at = 0, part = [0, steps.length]) {
      phases = steps.map((step) => step.phase);
      [first, last] = part.map((end) => Math.max(0, Math.min(phases.length, end)));
      if (first >= last) playing = false;
      settle(at);
    },

    play() {
      if (first >= last) return;
      if (moment >= last) settle(first);
      playing = true;
      begin();
      emit();
    },

    pause() {
      playing = false;
      flying = false;
      emit();
    },

    toggle() {
      if (playing) player.pause();
      else player.play();
    },

    replay() {
      settle(first);
      player.play();
    },

    /** One step on: the step under way is finished first. */
    step() {
      playing = false;
      if (progress > 0) arrive();
      begin();
      emit();
    },

    /** One step back: the step under way is undone first. */
    back() {
      playing = false;
      settle(progress > 0 ? moment : moment - 1);
    },

    /** @param {number} to */
    seek(to) {
      playing = false;
      settle(to);
    },

    nextPhase() {
      player.seek(player.boundaries.find((at) => at > moment) ?? last);
    },

    /** To the start of the phase under way, or, from there, of the one before. */
    previousPhase() {
      const at = progress > 0 ? moment + 1 : moment;
      player.seek(player.boundaries.findLast((boundary) => boundary < at) ?? first);
    },

    /** @param {boolean} on whether the show begins anew when it has ended */
    setLooping(on) {
      looping = on;
      emit();
    },

    /** @param {number} factor */
    setSpeed(factor) {
      speed = factor;
      emit();
    },

    /** @param {number} milliseconds since the last tick */
    tick(milliseconds) {
      if (!player.running) return;
      const elapsed = milliseconds * speed;
      if (flying) {
        progress += elapsed / TRAVEL;
        if (progress >= 1) arrive();
      } else {
        rested += elapsed;
        if (rested >= REST) begin();
      }
      emit();
    },

    /**
     * @param {"change"} type
     * @param {(state: PlayerState) => void} listener
     */
    on(type, listener) {
      listeners.on(`${type}.${(listenerCount += 1)}`, listener);
      return player;
    },
  };

  function emit() {
    listeners.call("change", undefined, player.state);
  }

  function begin() {
    if (moment >= last) {
      if (!looping || !playing) {
        playing = false;
        return;
      }
      moment = first;
    }
    if (animated()) flying = true;
    else arrive();
  }

  function arrive() {
    moment += 1;
    progress = 0;
    flying = false;
    rested = 0;
    if (moment >= last && !looping) playing = false;
  }

  /** @param {number} at */
  function settle(at) {
    moment = Math.max(first, Math.min(last, Math.round(at)));
    progress = 0;
    flying = false;
    rested = 0;
    emit();
  }

  return player;
}

/** @typedef {ReturnType<typeof createPlayer>} Player */
