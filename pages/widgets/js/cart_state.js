// @ts-check
/** The state of a cart widget: what is played, how fast, and where it is. */

import { EARTH, STEPS } from "./cartpole.js";

/** @typedef {import("./cart_tracks.js").Track} Track */
/** @typedef {import("./cart_scene.js").Shove} Shove */

/** Seconds of the world in a second, by the names of the paces. @type {Record<string, number>} */
export const PACES = { slow: 0.2, real: 1, fast: 4, most: 16 };

/**
 * @param {Record<string, any>} props of the widget, see cart.py
 * @param {string} mode
 * @param {boolean} playing
 */
export const createState = (props, mode, playing) => ({
  mode,
  pace: "real",
  playing,
  /** @type {Track | null} */
  agent: null,
  /** @type {Track | null} the visitor's own */
  own: null,
  time: 0, // in steps
  until: Infinity, // the step at which to hold
  /** @type {"ready" | "running" | "over"} */
  phase: "ready",
  resting: 0, // seconds since the end
  problem: "", // what the server answered instead of steps
  seed: Math.floor(1e5 * Math.random()),
  /** @type {Shove[]} */
  shoves: [],
  strength: 0.6,
  inSight: false,

  /** @returns {import("./cartpole.js").World} */
  get world() {
    return { ...EARTH, ...(props.world || {}) };
  },
  /** Steps after which an episode is truncated, 0 for never. */
  get limit() {
    return (props.rules || {}).endless && this.mode === "watch" ? 0 : STEPS;
  },
  get hasAgent() {
    return "who" in (props.agent || {});
  },
  /** @returns {{states: string, actions?: string} | null} an episode that is shown over and over */
  get film() {
    return props.film?.states ? props.film : null;
  },
  /** The track whose end is the end of the episode. */
  get judged() {
    return this.own || this.agent;
  },
});

/** @typedef {ReturnType<typeof createState>} State */
