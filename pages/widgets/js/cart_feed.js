// @ts-check
/** What the server is asked for, and when. */

import { PACES } from "./cart_state.js";
import { extend, lastStep } from "./cart_tracks.js";
import { RATE } from "./cartpole.js";
import { clamp } from "./format.js";

/** @typedef {import("./cart_tracks.js").Track} Track */

const FIRST = 50; // steps of a new episode
const RETRY = 2000; // milliseconds

/**
 * How many steps to ask for, so that none is missing when it is to be shown; 0 while there are enough.
 *
 * @param {number} ahead steps that are known and not shown yet
 * @param {number} pace seconds of the world in a second
 */
export const stepsWanted = (ahead, pace) => {
  const rate = RATE * pace;
  return ahead < Math.max(12, 0.45 * rate) ? Math.round(clamp(2 * rate, 20, 100)) : 0;
};

/**
 * A function that asks for the next steps of a track, when it needs some.
 *
 * @param {import("./cart_state.js").State} state
 * @param {import("./widget.js").Widget} widget
 * @param {object} calls
 * @param {(track: Track) => void} calls.opened the first state of a new episode is there
 * @param {() => void} calls.changed
 */
export const createFeed = (state, { props, server, word }, { opened, changed }) => {
  /**
   * @param {Track} track
   * @param {import("./cartpole.js").State | null} [from] null for a new episode
   */
  const ask = async (track, from = track.states.at(-1)) => {
    const steps = from ? stepsWanted(lastStep(track) - state.time, PACES[state.pace]) : FIRST;
    if (!state.hasAgent || state.film || !steps) return;
    if (track.asking || track.ended || !track.alive) return;
    track.asking = true;
    const { world, seed, limit } = state;
    const chosen = [...(track.past || []), ...track.actions];
    const got = await server
      .steps({
        who: props.agent.who,
        world,
        state: from,
        seed,
        steps,
        elapsed: lastStep(track),
        waiting: world.delay ? chosen.slice(-world.delay) : [],
        limit,
      })
      .catch(() => ({ problem: word("lost") }));
    if (!track.alive) return;
    state.problem = got.problem || "";
    if (state.problem) {
      // The server may be busy or gone for a while: ask again later, and only while visible.
      const again = () => {
        if (!state.inSight) {
          setTimeout(again, RETRY);
          return;
        }
        track.asking = false;
        ask(track, from);
      };
      setTimeout(again, RETRY);
    } else {
      track.asking = false;
      if (!from) track.states[0] = got.start;
      extend(track, got);
      if (!from) opened(track);
    }
    changed();
  };
  return ask;
};
