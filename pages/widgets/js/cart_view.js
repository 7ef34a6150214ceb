// @ts-check
/** The picture of a cart widget and the sentence above it. Reads its state, changes none. */

import { fitCanvas } from "./canvas.js";
import { drawCart, drawShove, drawTrack, sceneLayout } from "./cart_scene.js";
import { PACES } from "./cart_state.js";
import { actionsUpTo, endOf, fallOn, lastStep, shownAt } from "./cart_tracks.js";
import { EARTH, RATE } from "./cartpole.js";

/** @typedef {import("./cart_state.js").State} State */
/** @typedef {import("./cart_tracks.js").Track} Track */
/** @typedef {import("./cart_scene.js").SceneColours} SceneColours */

const LIGHT = { bad: "#e11d48", pole: "#b07d4b", shove: "#be185d" };
const DARK = { bad: "#fb7185", pole: "#d6a676", shove: "#f472b6" };

/** The steps that the agent lasted in a race so far, -1 outside of one. @param {State} state */
export const rivalSteps = ({ agent, time }) =>
  agent ? Math.min(lastStep(agent), Math.floor(time)) : -1;

/** Whether something on the picture moves. @param {State} state */
export const isMoving = ({ phase, playing, shoves, resting, own }) =>
  (phase === "running" && playing) ||
  shoves.length > 0 ||
  (phase === "over" && (resting < 1.4 || (playing && !own)));

/**
 * The sentence above the picture, "" for none.
 *
 * @param {State} state
 * @param {(key: string) => string} word
 */
export const message = (state, word) => {
  const { agent, own, judged, mode, phase, time } = state;
  if (state.problem) return state.problem;
  if (state.film) return "";
  if (!state.hasAgent && mode !== "play") return word("empty");
  if (phase === "ready") return own ? word(mode === "race" ? "race_hint" : "play_hint") : "";
  if (phase === "running" || !judged)
    return own && agent?.ended && time > lastStep(agent) ? word("won") : "";
  const seconds = (lastStep(judged) / RATE).toFixed(1);
  const verdict = `${word(endOf(judged))} ${seconds} ${word("seconds")}`;
  if (!own) return verdict;
  const lost = word(endOf(own) === "time" ? "draw" : "lost_race");
  const outcome = agent ? (lastStep(own) > rivalSteps(state) ? word("won") : lost) : "";
  const hint = state.resting > 0.8 ? word("once_more") : "";
  return [verdict, outcome, hint].filter(Boolean).join(" · ");
};

/**
 * @param {State} state
 * @param {import("./widget.js").Widget} widget
 * @param {object} parts
 * @param {HTMLElement} parts.stage
 * @param {HTMLCanvasElement} parts.canvas
 * @param {HTMLElement} parts.note
 * @param {ReturnType<typeof import("./cart_gauges.js").createGauges> | null} parts.gauges
 */
export const createView = (state, { options, palette, word }, { stage, canvas, note, gauges }) => {
  /** @type {SceneColours | null} */
  let colours = null;
  // How much of late agent and visitor were pushed left and right.
  let recentForces = [
    [0, 0],
    [0, 0],
  ];

  const reset = () => {
    recentForces = [
      [0, 0],
      [0, 0],
    ];
  };
  const forgetColours = () => {
    colours = null;
  };

  /** @param {Track} track @param {number} index 0 for the agent's @param {string} colour @param {string} title @param {boolean} faded */
  const pictured = (track, index, colour, title, faded) => {
    const { phase, playing, until, pace, world, time, resting } = state;
    const shown = shownAt(track, time);
    const still = shown.force === null || shown.ended || phase === "ready";
    // Fifty changes a second cannot be seen; a running mean of the forces can.
    const rate = until === Infinity && playing ? Math.min(1, 0.16 / Math.min(1, PACES[pace])) : 1;
    const forces = recentForces[index];
    for (const side of [0, 1]) {
      forces[side] += (Number(!still && shown.force === side) - forces[side]) * rate;
    }
    const strength = Math.min(2, Math.sqrt(world.force / EARTH.force));
    const falls = shown.ended && endOf(track) === "fell" && phase === "over";
    const drawn = falls ? fallOn(shown.state, world, Math.min(1.2, resting)) : shown.state;
    const scaled = forces.map((share) => share * strength);
    return { ...shown, track, cart: { state: drawn, forces: scaled, colour, title, faded } };
  };

  const draw = (/** @type {number} */ now) => {
    const { agent, own, world } = state;
    if (!colours) {
      const page = palette();
      colours = { ...page, ...(page.dark ? DARK : LIGHT) };
    }
    const { clientWidth: width, clientHeight: height } = stage;
    const context = fitCanvas(canvas, width, height);
    const layout = sceneLayout(width, height, world);
    drawTrack(context, layout, colours);
    const both = Boolean(agent && own);
    const pictures = [
      agent && pictured(agent, 0, colours.accent, both ? word("agent") : "", both),
      own && pictured(own, 1, colours.series[2], both ? word("you") : "", false),
    ].filter((each) => each !== null);
    for (const { cart } of pictures) drawCart(context, layout, cart, world, colours);
    const front = pictures.at(-1);
    if (front) {
      for (const shove of state.shoves) {
        drawShove(context, layout, shove, front.state, world, colours);
      }
      const thinking = agent && !state.film ? pictures[0] : null;
      // In a race the figures are the agent's: state and Q belong together.
      const read = thinking || front;
      const steps = Math.floor(state.time);
      const [q, v] = [thinking?.q ?? null, thinking?.v ?? null];
      gauges?.show({
        title: both ? word("agent") : "",
        state: read.state,
        q,
        v,
        action: read.action,
        actions: () => actionsUpTo(read.track, read.index),
        steps: Math.min(steps, lastStep(read.track)),
        limit: state.limit,
        hasAgent: state.mode !== "play",
        colours,
        now,
        moving: isMoving(state),
      });
      if (options.name) {
        const detail = {
          name: options.name,
          state: read.state,
          q,
          v,
          action: thinking?.action,
          step: steps,
        };
        window.dispatchEvent(new CustomEvent("netlab:cart", { detail }));
      }
      canvas.dataset.step = String(steps);
      canvas.dataset.state = front.state.map((value) => value.toFixed(4)).join(" ");
    }
    const said = message(state, word);
    if (note.textContent !== said) note.textContent = said;
    note.classList.toggle("nl-on", Boolean(said));
    canvas.dataset.phase = state.phase;
    canvas.dataset.frames = String(Number(canvas.dataset.frames) + 1);
  };
  return { draw, reset, forgetColours };
};
