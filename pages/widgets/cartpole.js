// The physics of Gymnasium's CartPole-v1, as its own step() computes it. A state is [x, ẋ, θ, θ̇] in
// m, m/s, rad and rad/s; an action is 0, to the left, or 1, to the right. Pure functions.
const cartpole = {
  rate: 50, // steps a second
  steps: 500, // after which an episode is cut off
  track: 2.4, // m
  angle: (12 * 2 * Math.PI) / 360, // rad
  usual: { gravity: 9.8, cart_mass: 1, pole_mass: 0.1, half_length: 0.5, force: 10, noise: 0, delay: 0 },

  step: (state, action, world) => cartpole.move(state, action === 1 ? world.force : -world.force, world),

  move: ([x, speed, angle, spin], force, { gravity, cart_mass, pole_mass, half_length }) => {
    const tau = 1 / cartpole.rate;
    const mass = cart_mass + pole_mass;
    const moment = pole_mass * half_length;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const pull = (force + moment * spin * spin * sin) / mass;
    const turn = (gravity * sin - cos * pull) / (half_length * (4 / 3 - (pole_mass * cos * cos) / mass));
    const push = pull - (moment * turn * cos) / mass;
    return [x + tau * speed, speed + tau * push, angle + tau * spin, spin + tau * turn];
  },

  over: ([x, , angle]) => Math.abs(x) > cartpole.track || Math.abs(angle) > cartpole.angle,
};
