// @ts-check
/**
 * The physics of Gymnasium's CartPole-v1, as its own step() computes it. A state is [x, ẋ, θ, θ̇] in
 * m, m/s, rad and rad/s; an action is 0, to the left, or 1, to the right.
 */

/** @typedef {number[]} State */

/**
 * @typedef {object} World
 * @property {number} gravity m/s²
 * @property {number} cart_mass kg
 * @property {number} pole_mass kg
 * @property {number} half_length m, half of the pole's
 * @property {number} force N
 * @property {number} noise
 * @property {number} delay steps between an action and its force
 */

export const RATE = 50; // steps a second
export const STEPS = 500; // after which an episode is truncated
export const TRACK = 2.4; // m
export const ANGLE = (12 * 2 * Math.PI) / 360; // rad

/** @type {World} */
export const EARTH = {
  gravity: 9.8,
  cart_mass: 1,
  pole_mass: 0.1,
  half_length: 0.5,
  force: 10,
  noise: 0,
  delay: 0,
};

/**
 * The state after 1/50 s under a force in N.
 *
 * @param {State} state
 * @param {number} force
 * @param {World} world
 * @returns {State}
 */
export const move = (
  [x, speed, angle, spin],
  force,
  { gravity, cart_mass, pole_mass, half_length },
) => {
  const tau = 1 / RATE;
  const mass = cart_mass + pole_mass;
  const moment = pole_mass * half_length;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const pull = (force + moment * spin * spin * sin) / mass;
  const turn =
    (gravity * sin - cos * pull) / (half_length * (4 / 3 - (pole_mass * cos * cos) / mass));
  const push = pull - (moment * turn * cos) / mass;
  return [x + tau * speed, speed + tau * push, angle + tau * spin, spin + tau * turn];
};

/** The state after an action. @param {State} state @param {number} action @param {World} world */
export const step = (state, action, world) =>
  move(state, action === 1 ? world.force : -world.force, world);

/** Whether the cart left the track or the pole fell. @param {State} state */
export const isTerminal = ([x, , angle]) => Math.abs(x) > TRACK || Math.abs(angle) > ANGLE;

/** Whether two worlds are the same. @param {World} one @param {World} other */
export const sameWorld = (one, other) =>
  Object.keys(EARTH).every((name) => Reflect.get(one, name) === Reflect.get(other, name));
