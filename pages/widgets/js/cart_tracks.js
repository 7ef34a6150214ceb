// @ts-check
/** An episode: its states so far and, of an agent's, those that are still to be shown. */

import { ANGLE, RATE, TRACK, isTerminal, move, step as stepWorld } from "./cartpole.js";
import { clamp } from "./format.js";
import { groups, numbers } from "./packing.js";

/** @typedef {import("./cartpole.js").State} State */
/** @typedef {import("./cartpole.js").World} World */

/**
 * Everything from step `first` on is kept: state i belongs to step first + i, as does action i, which
 * was chosen there.
 *
 * @typedef {object} Track
 * @property {number} first
 * @property {State[]} states
 * @property {number[][]} q of both actions
 * @property {(number | null)[]} values V(s), of a dueling network
 * @property {number[]} actions
 * @property {number[]} forces the actions as they took effect
 * @property {number[]} [past] actions before step `first`
 * @property {boolean} ended
 * @property {boolean} asking whether the server is being asked for more
 * @property {boolean} alive false once the track was replaced
 */

/**
 * @param {State} state
 * @param {number} [first]
 * @returns {Track}
 */
export const createTrack = (state, first = 0) => ({
  first,
  states: [state],
  q: [],
  values: [],
  actions: [],
  forces: [],
  ended: false,
  asking: false,
  alive: true,
});

/** @param {Track} track */
export const lastStep = (track) => track.first + track.states.length - 1;

/**
 * What a track shows at a time, in steps: a state interpolated between two, and what was computed at
 * the first of them.
 *
 * @param {Track} track
 * @param {number} time
 */
export const shownAt = (track, time) => {
  const at = clamp(time - track.first, 0, track.states.length - 1);
  const index = Math.floor(at);
  const from = track.states[index];
  const to = track.states[index + 1] ?? from;
  const share = at - index;
  const chosen = Math.min(index, track.actions.length - 1);
  return {
    state: from.map((value, i) => value + share * (to[i] - value)),
    q: track.q[chosen] || null,
    v: track.values[chosen] ?? null,
    action: track.actions[chosen] ?? null,
    force: track.forces[chosen] ?? null,
    index,
    ended: track.ended && at >= track.states.length - 1,
  };
};

/**
 * A track that continues from a state at a time; what was still to come is dropped.
 *
 * @param {Track} track
 * @param {number} time
 * @param {State} state
 * @returns {Track}
 */
export const branch = (track, time, state) => {
  const at = clamp(Math.round(time - track.first), 0, track.states.length - 1);
  track.alive = false; // an answer under way belongs to what is dropped
  return {
    ...createTrack(state, track.first + at),
    past: [...(track.past || []), ...track.actions.slice(0, at)].slice(-200),
  };
};

/** All actions up to the one at an index. @param {Track} track @param {number} index */
export const actionsUpTo = (track, index) => [
  ...(track.past || []),
  ...track.actions.slice(0, index + 1),
];

/** Drop what lies further back than the strip of actions shows. @param {Track} track @param {number} time */
export const trim = (track, time) => {
  const old = Math.floor(time - track.first) - 400;
  if (old < 200) return;
  track.past = [...(track.past || []), ...track.actions.slice(0, old)].slice(-200);
  for (const list of [track.states, track.q, track.values, track.actions, track.forces])
    list.splice(0, old);
  track.first += old;
};

/** Append a chunk of the server's, see `chunk` in cart.py. @param {Track} track @param {any} chunk */
export const extend = (track, chunk) => {
  const [states, q] = [groups(numbers(chunk.states), 4), groups(numbers(chunk.q), 2)];
  const values = numbers(chunk.values);
  for (let i = 0; i < chunk.actions.length; i++) {
    track.states.push(states[i]);
    track.q.push(q[i]);
    track.values.push(values[i] ?? null);
    track.actions.push(Number(chunk.actions[i]));
    track.forces.push(Number(chunk.forces[i]));
  }
  // Exact rather than float32: the server continues from it as if there were no chunks.
  if (chunk.last) track.states[track.states.length - 1] = chunk.last;
  track.ended = Boolean(chunk.ended);
};

/**
 * One step of the visitor's own. With no key held, the force pushes left and right in turn, because
 * there is no third action.
 *
 * @param {Track} track
 * @param {number} held -1, 0 or 1, as keys and thumbs say
 * @param {World} world
 * @param {number} limit steps, 0 for none
 */
export const drive = (track, held, world, limit) => {
  const step = lastStep(track);
  const action = held ? Number(held > 0) : step % 2;
  const chosen = track.actions.length - world.delay;
  const force = !world.delay ? action : chosen >= 0 ? track.actions[chosen] : step % 2;
  track.actions.push(action);
  track.forces.push(force);
  const next = stepWorld(track.states[track.states.length - 1], force, world);
  track.states.push(next);
  track.ended = isTerminal(next) || (limit > 0 && step + 1 >= limit);
};

/**
 * The pole falls on after the end of an episode, which is shown and not counted.
 *
 * @param {State} state
 * @param {World} world
 * @param {number} seconds
 */
export const fallOn = (state, world, seconds) => {
  let now = [...state];
  for (let i = 0; i < seconds * RATE; i++) {
    now = move([now[0], now[1] * 0.94, now[2], now[3]], 0, world);
    if (Math.abs(now[2]) > 1.5) now = [now[0], now[1], 1.5 * Math.sign(now[2]), 0];
  }
  return now;
};

/**
 * An episode of its own, from the states and actions that Python packed.
 *
 * @param {{states: string, actions?: string}} film
 * @returns {Track}
 */
export const trackOfFilm = (film) => {
  const states = groups(numbers(film.states), 4);
  const actions = Array.from(film.actions || "", Number);
  return { ...createTrack(states[0]), states, actions, forces: actions, ended: true };
};

/**
 * How an episode ended.
 *
 * @param {Track} track
 * @returns {"left" | "fell" | "time"}
 */
export const endOf = (track) => {
  const [x, , angle] = track.states[track.states.length - 1];
  return Math.abs(x) > TRACK ? "left" : Math.abs(angle) > ANGLE ? "fell" : "time";
};
