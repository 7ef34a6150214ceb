// @ts-check
/**
 * A live cart, see cart.py. Time runs in steps of the world, and the picture between two of them. An
 * agent's steps come from the server in chunks, a visitor's own are computed here.
 */

import { createControls } from "./cart_controls.js";
import { createFeed } from "./cart_feed.js";
import { createGauges } from "./cart_gauges.js";
import { cartParts, sceneLayout } from "./cart_scene.js";
import { PACES, createState } from "./cart_state.js";
import {
  branch,
  createTrack,
  drive,
  endOf,
  lastStep,
  shownAt,
  trackOfFilm,
  trim,
} from "./cart_tracks.js";
import { createView, isMoving, rivalSteps } from "./cart_view.js";
import { EARTH, RATE, sameWorld } from "./cartpole.js";
import { make } from "./dom.js";
import { clamp } from "./format.js";
import { reducedMotion } from "./widget.js";

/** @typedef {import("./cart_tracks.js").Track} Track */

/** Seconds between two episodes. @type {Record<string, number>} */
const REST = { slow: 1.6, real: 1.6, fast: 0.7, most: 0.35 };
const SHOVE = 0.5; // seconds that a shove is shown
const FILM = 2500; // milliseconds that a film is shown before the next one replaces it

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, options, word, isVisible, painter, onChange, whenComplete } =
    widget;
  /** @type {{modes: string[]}} */
  const { modes } = /** @type {any} */ (options);

  const main = make("div", "nl-cart-main", root);
  const bar = make("div", "nl-controls nl-cart-bar", main);
  const stage = make("div", "nl-cart-stage", main);
  const canvas = make("canvas", "nl-plot", stage, { tabindex: 0, role: "application" });
  const note = make("div", "nl-note", stage, { "aria-live": "polite" });
  const gauges = options.gauged ? createGauges(root, word) : null;
  Object.assign(canvas.dataset, { frames: 0, step: 0, episodes: 0, shoves: 0 });

  const state = createState(props, modes[0], !reducedMotion());
  const view = createView(state, widget, { stage, canvas, note, gauges });
  const ask = createFeed(state, widget, {
    opened: (track) => opened(track),
    changed: () => wake(),
  });
  const down = { left: false, right: false };
  let looping = false;
  let last = 0; // when the last frame was drawn
  let filmed = -Infinity; // when the film began
  /** @type {any} the timer of the film that waits */
  let next = 0;

  // Episodes

  /** Begin an episode, in a state or, without one, where Gymnasium would. @param {number[]} [given] */
  const begin = (given) => {
    for (const track of [state.agent, state.own]) if (track) track.alive = false;
    Object.assign(state, { agent: null, own: null, time: 0, until: Infinity, resting: 0 });
    Object.assign(state, { problem: "", shoves: [], phase: "ready" });
    view.reset();
    clearTimeout(next);
    if (state.film) {
      filmed = performance.now();
      state.agent = trackOfFilm(state.film);
      state.phase = "running";
    } else if (state.mode === "play") {
      state.own = createTrack(Array.from({ length: 4 }, () => 0.1 * Math.random() - 0.05));
    } else if (state.hasAgent) {
      state.seed = (state.seed + 1) % 1e5;
      const track = createTrack(given || [0, 0, 0, 0]);
      state.agent = track;
      if (given) opened(track);
      ask(track, given || null);
    }
    wake();
  };

  const opened = (/** @type {Track} */ track) => {
    if (state.mode === "race") state.own = createTrack(track.states[0]);
    else state.phase = "running";
  };

  const finish = (/** @type {Track} */ judged) => {
    const { own, mode, pace, world } = state;
    state.phase = "over";
    state.resting = 0;
    canvas.dataset.episodes = String(Number(canvas.dataset.episodes) + 1);
    canvas.dataset.ended = endOf(judged);
    if (!own) return;
    state.playing = true;
    const steps = lastStep(own);
    const result = { steps, seconds: steps / RATE, end: endOf(own), rival: rivalSteps(state) };
    const played = { mode, ...result, pace, usual: sameWorld(world, EARTH) };
    trigger("played", { played });
  };

  const advance = (/** @type {number} */ seconds) => {
    for (const shove of state.shoves) shove.age += seconds / SHOVE;
    state.shoves = state.shoves.filter(({ age }) => age < 1);
    const { agent, own, judged, pace, playing } = state;
    if (state.phase === "over") {
      state.resting += seconds;
      if (playing && state.mode === "watch" && state.resting > REST[pace]) begin();
      return;
    }
    if (state.phase !== "running" || !playing) return;
    let target = Math.min(state.until, state.time + seconds * RATE * PACES[pace]);
    if (agent && !(agent.ended && own)) target = Math.min(target, lastStep(agent));
    const held = Number(down.right) - Number(down.left);
    while (own && !own.ended && lastStep(own) < target) drive(own, held, state.world, state.limit);
    state.time = own?.ended ? Math.min(target, lastStep(own)) : target;
    for (const track of [agent, own]) if (track) trim(track, state.time);
    if (judged?.ended && state.time >= lastStep(judged)) finish(judged);
    else if (state.time >= state.until) hold(true);
    if (agent) ask(agent);
  };

  // The loop: it runs while something moves and the widget is in sight.

  const frame = (/** @type {number} */ now) => {
    if (!state.inSight || !isVisible()) {
      looping = false;
      return;
    }
    advance(Math.min(0.1, (now - last) / 1000));
    last = now;
    view.draw(now);
    looping = isMoving(state);
    if (looping) requestAnimationFrame(frame);
  };
  const wake = () => {
    if (looping || !state.inSight) return;
    looping = true;
    last = performance.now();
    requestAnimationFrame(frame);
  };
  new IntersectionObserver((entries) => {
    state.inSight = entries[entries.length - 1].isIntersecting;
    wake();
  }).observe(stage);

  // What a visitor does

  /** Continue from the present state, with what was still to come dropped. */
  const replan = () => {
    const { agent, own, film, phase, time } = state;
    if (!agent || film || own || phase !== "running") return;
    state.agent = branch(agent, time, shownAt(agent, time).state);
    state.time = state.agent.first;
    ask(state.agent);
  };

  const shove = (/** @type {boolean} */ pole, /** @type {number} */ side) => {
    if (state.mode !== "watch" || state.phase !== "running" || !state.agent || state.film) return;
    const by = side * state.strength;
    replan();
    const shoved = state.agent.states[0];
    const speed = pole ? 3 : 1;
    shoved[speed] = clamp(shoved[speed] + by, -20, 20);
    state.shoves.push({ pole, by, age: 0 });
    canvas.dataset.shoves = String(Number(canvas.dataset.shoves) + 1);
    wake();
  };

  const tellHeld = () => {
    if (!state.agent || state.film) return;
    const { state: held, q, action } = shownAt(state.agent, state.time);
    trigger("held", { state: held, q, action, step: Math.floor(state.time) });
  };

  const hold = (/** @type {boolean} */ stopped) => {
    const { agent, own, film, time } = state;
    state.playing = !stopped;
    state.until = Infinity;
    if (stopped) {
      // Between two steps there is no state that an agent was asked about.
      if (agent && !own && !film) state.time = Math.min(lastStep(agent), Math.round(time));
      tellHeld();
    }
    show();
  };

  /** Give the keys to whoever is to drive. */
  const focusCanvas = () => state.mode !== "watch" && canvas.focus({ preventScroll: true });

  /** @type {import("./cart_controls.js").Actions} */
  const actions = {
    shove,
    toggle: () => hold(state.playing),
    again: () => {
      begin();
      focusCanvas();
    },
    onceMore: () => state.own && state.phase === "over" && state.resting > 0.8 && begin(),
    once: () => {
      if (state.mode !== "watch") return;
      if (state.phase === "over") begin();
      state.time = Math.floor(state.time);
      state.until = state.time + 1;
      state.playing = true;
      show();
    },
    press: (side, pressed) => {
      down[/** @type {"left" | "right"} */ (side)] = pressed;
      if (!pressed || !state.own || state.phase === "over") return;
      state.phase = "running"; // the visitor's first push starts the clock
      state.playing = true;
      show();
    },
    poke: (x, y) => {
      const { agent, mode, time, world } = state;
      if (!agent || mode !== "watch") return;
      const layout = sceneLayout(canvas.clientWidth, canvas.clientHeight, world);
      const parts = cartParts(layout, shownAt(agent, time).state, world);
      const pole = y < parts.top - 4;
      const middle = pole ? (parts.pivot[0] + parts.tip[0]) / 2 : parts.x;
      shove(pole, x < middle ? 1 : -1);
    },
    strength: (value) => (state.strength = value),
    pace: (name) => {
      state.pace = name;
      show();
      if (state.agent) ask(state.agent);
    },
    choose: (name) => {
      state.mode = name;
      state.playing = true;
      begin();
      show();
      focusCanvas();
    },
  };
  const paces = Object.keys(PACES);
  const controls = options.controls
    ? createControls({ bar, stage, canvas, modes, paces, actions, word })
    : null;

  const show = () => {
    controls?.show(state);
    stage.dataset.mode = state.mode;
    wake();
  };
  const say = () => {
    controls?.say();
    gauges?.say();
    show();
  };

  // What Python changes

  const repaint = painter(() => {
    view.forgetColours();
    wake();
  });
  const chosen = () => {
    if (modes.includes(props.mode)) state.mode = props.mode;
    begin();
    show();
  };
  const altered = () => {
    const { mode, phase, agent, hasAgent } = state;
    if (mode === "watch" && phase === "running" && agent && hasAgent) replan();
    else begin();
  };
  whenComplete(() => {
    if (props.pace in PACES) state.pace = props.pace;
    say();
    chosen();
    repaint();
  });
  onChange({
    agent: () => {
      altered();
      show();
    },
    world: () => {
      altered();
      wake();
    },
    rules: altered,
    film: () => {
      const showing = state.film && state.phase === "running";
      const left = showing ? FILM - (performance.now() - filmed) : 0;
      clearTimeout(next);
      if (left > 0 && state.inSight) next = setTimeout(begin, left);
      else begin();
    },
    start: () => begin((props.start || {}).state),
    mode: chosen,
    pace: () => props.pace in PACES && actions.pace(props.pace),
    words: say,
  });
};
