import assert from "node:assert/strict";
import { test } from "node:test";

import { stepsWanted } from "../../pages/widgets/js/cart_feed.js";
import { cartParts, sceneLayout } from "../../pages/widgets/js/cart_scene.js";
import { createState } from "../../pages/widgets/js/cart_state.js";
import {
  actionsUpTo,
  branch,
  createTrack,
  drive,
  endOf,
  extend,
  fallOn,
  lastStep,
  shownAt,
  trackOfFilm,
  trim,
} from "../../pages/widgets/js/cart_tracks.js";
import { isMoving, message, rivalSteps } from "../../pages/widgets/js/cart_view.js";
import { EARTH, isTerminal, move, sameWorld, step } from "../../pages/widgets/js/cartpole.js";

const START = [0, 0, 0, 0];
const pack = (/** @type {number[]} */ ...values) =>
  Buffer.from(Float32Array.from(values).buffer).toString("base64");
const word = (/** @type {string} */ key) => key;

/** A track whose x is its step, and whose actions alternate. */
const track = (/** @type {number} */ steps) => ({
  ...createTrack(START),
  states: Array.from({ length: steps + 1 }, (_, i) => [i, 0, 0, 0]),
  actions: Array.from({ length: steps }, (_, i) => i % 2),
});
const playing = (/** @type {object} */ more) => Object.assign(createState({}, "play", true), more);

test("a push moves the cart its way and the pole the other way", () => {
  const [x, speed, angle, spin] = step(START, 1, EARTH);
  assert.equal(x, 0);
  assert.ok(speed > 0 && angle === 0 && spin < 0);
  assert.deepEqual(step(START, 0, EARTH).slice(1, 2), [-speed]);
  assert.deepEqual(move(START, 0, EARTH), START);
  assert.ok(isTerminal([2.5, 0, 0, 0]) && isTerminal([0, 0, 0.22, 0]) && !isTerminal(START));
  assert.ok(sameWorld({ ...EARTH }, EARTH) && !sameWorld({ ...EARTH, gravity: 1.6 }, EARTH));
});

test("between two steps a state is interpolated", () => {
  const shown = shownAt(track(4), 2.5);
  assert.equal(shown.state[0], 2.5);
  assert.equal(shown.action, 0);
  assert.equal(shownAt(track(4), 9).state[0], 4);
});

test("a branch starts where the track was and drops what was to come", () => {
  const first = track(6);
  const second = branch(first, 3, [9, 9, 9, 9]);
  assert.ok(!first.alive && second.alive);
  assert.deepEqual([second.first, lastStep(second)], [3, 3]);
  assert.deepEqual(actionsUpTo(second, -1), [0, 1, 0]);
});

test("a chunk is appended, and its last state is exact", () => {
  const one = createTrack(START);
  const last = [0.1, 0.2, 0.3, 0.4];
  extend(one, {
    states: pack(1, 2, 3, 4, 5, 6, 7, 8),
    q: pack(1, 2, 3, 4),
    actions: "01",
    forces: "11",
    last,
    ended: true,
  });
  assert.deepEqual(one.states, [START, [1, 2, 3, 4], last]);
  assert.deepEqual(one.q, [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(
    [one.actions, one.forces, one.values],
    [
      [0, 1],
      [1, 1],
      [null, null],
    ],
  );
  assert.ok(one.ended);
});

test("old steps are trimmed, and their actions are kept for the strip", () => {
  const long = track(1000);
  trim(long, 900);
  assert.equal(long.first, 500);
  assert.equal(long.states[0][0], 500);
  assert.equal(lastStep(long), 1000);
  assert.equal(long.past?.length, 200);
});

test("without a key the force alternates, and a delay holds actions back", () => {
  const own = createTrack(START);
  for (let i = 0; i < 4; i++) drive(own, 0, EARTH, 500);
  assert.deepEqual(own.forces, [0, 1, 0, 1]);
  const late = createTrack(START);
  for (let i = 0; i < 4; i++) drive(late, 1, { ...EARTH, delay: 2 }, 500);
  assert.deepEqual(late.actions, [1, 1, 1, 1]);
  assert.deepEqual(late.forces, [0, 1, 1, 1]);
});

test("an episode ends by the track, the pole or the time", () => {
  const ending = (/** @type {number[]} */ state) => endOf(createTrack(state));
  assert.equal(ending([2.5, 0, 0, 0]), "left");
  assert.equal(ending([0, 0, 0.3, 0]), "fell");
  assert.equal(ending(START), "time");
  const own = createTrack(START);
  drive(own, 1, EARTH, 1);
  assert.ok(own.ended, "after the limit");
});

test("a fallen pole comes to rest on the ground", () => {
  const [, , angle, spin] = fallOn([0, 0, 0.3, 1], EARTH, 5);
  assert.equal(angle, 1.5);
  assert.ok(Math.abs(spin) < 0.5);
});

test("a film is a track that has ended", () => {
  const film = trackOfFilm({ states: pack(0, 0, 0, 0, 1, 0, 0, 0), actions: "1" });
  assert.deepEqual([film.states.length, film.actions, film.ended], [2, [1], true]);
});

test("steps are asked for before they run out, more of them at a faster pace", () => {
  assert.equal(stepsWanted(100, 1), 0);
  assert.equal(stepsWanted(10, 1), 100);
  assert.equal(stepsWanted(10, 0.2), 20);
});

test("the parts of a cart stand where its state says", () => {
  const layout = sceneLayout(800, 400, EARTH);
  const parts = cartParts(layout, [1, 0, 0, 0], EARTH);
  assert.equal(parts.x, 400 + layout.scale);
  assert.equal(parts.tip[0], parts.pivot[0]);
  assert.ok(parts.tip[1] < parts.pivot[1]);
});

test("the message tells how an episode ended and who won", () => {
  assert.equal(message(playing({ mode: "watch" }), word), "empty");
  assert.equal(message(playing({ own: createTrack(START) }), word), "play_hint");
  const fallen = { ...createTrack([0, 0, 0.3, 0], 50), ended: true };
  const over = { phase: "over", own: fallen, time: 50 };
  assert.equal(message(playing(over), word), "fell 1.0 seconds");
  const lost = playing({ ...over, agent: track(80), resting: 1 });
  assert.equal(message(lost, word), "fell 1.0 seconds · lost_race · once_more");
  assert.equal(rivalSteps(lost), 50);
  assert.equal(rivalSteps(playing({})), -1);
  assert.equal(message(playing({ problem: "busy" }), word), "busy");
});

test("a still picture is not drawn again", () => {
  assert.ok(!isMoving(playing({})));
  assert.ok(isMoving(playing({ phase: "running" })));
  assert.ok(!isMoving(playing({ phase: "running", playing: false })));
  assert.ok(isMoving(playing({ shoves: [{ pole: true, by: 1, age: 0 }] })));
});
