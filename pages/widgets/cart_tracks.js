// What is known of an episode: its states so far and, of an agent's, those that are still to be shown.
// Everything after step `first` is kept; state i belongs to step first + i, as does action i, chosen there.
const blank = (state, first = 0) => ({
  first, states: [state], q: [], values: [], actions: [], forces: [], ended: false, asking: false, alive: true,
});

const lastStep = (track) => track.first + track.states.length - 1;

// What a track shows at a time, in steps: the state between two, and what was thought at the first.
const shownAt = (track, time) => {
  const at = Math.max(0, Math.min(time - track.first, track.states.length - 1));
  const index = Math.min(Math.floor(at), track.states.length - 1);
  const [from, to] = [track.states[index], track.states[Math.min(index + 1, track.states.length - 1)]];
  const share = at - index;
  const chosen = Math.min(index, track.actions.length - 1);
  return {
    state: from.map((value, i) => value + share * (to[i] - value)),
    q: track.q[chosen] || null,
    v: track.values[chosen] ?? null,
    action: track.actions[chosen] ?? null,
    force: track.forces[chosen] ?? null,
    index,
    fallen: track.ended && at >= track.states.length - 1,
  };
};

// A track that goes on from a state shown at a time; what was still to come is forgotten.
const branch = (track, time, state) => {
  const at = Math.max(0, Math.min(Math.round(time - track.first), track.states.length - 1));
  track.alive = false; // an answer that is on its way belongs to what was dropped
  return {
    ...blank(state, track.first + at),
    past: [...(track.past || []), ...track.actions.slice(0, at)].slice(-200),
  };
};

const chosenSoFar = (track, index) => [...(track.past || []), ...track.actions.slice(0, index + 1)];

// Nobody looks back further than the strip of actions does.
const trim = (track, time) => {
  const old = Math.floor(time - track.first) - 400;
  if (old < 200) return;
  track.past = [...(track.past || []), ...track.actions.slice(0, old)].slice(-200);
  for (const list of [track.states, track.q, track.values, track.actions, track.forces]) list.splice(0, old);
  track.first += old;
};

// A chunk of the server's, appended. See cart.py for its form.
const extend = (track, chunk) => {
  const [states, q, values] = [numbers(chunk.states), numbers(chunk.q), numbers(chunk.values)];
  for (let i = 0; i < chunk.actions.length; i++) {
    track.states.push(Array.from(states.subarray(4 * i, 4 * i + 4)));
    track.q.push([q[2 * i], q[2 * i + 1]]);
    track.values.push(values[i] ?? null);
    track.actions.push(Number(chunk.actions[i]));
    track.forces.push(Number(chunk.forces[i]));
  }
  // The exact last state: from it the server goes on without a trace of the chunk's end.
  if (chunk.last) track.states[track.states.length - 1] = chunk.last;
  track.ended = Boolean(chunk.ended);
};

// One step of the visitor's own, by the same physics. held: -1, 0 or 1, as keys and thumbs say;
// with none the force pushes left and right in turn, because the rules know no third action.
const drive = (track, held, world, limit) => {
  const step = lastStep(track);
  const action = held ? Number(held > 0) : step % 2;
  const chosen = track.actions.length - world.delay;
  const force = !world.delay ? action : chosen >= 0 ? track.actions[chosen] : step % 2;
  track.actions.push(action);
  track.forces.push(force);
  const next = cartpole.step(track.states[track.states.length - 1], force, world);
  track.states.push(next);
  track.ended = cartpole.over(next) || (limit > 0 && step + 1 >= limit);
};

// After its end the pole falls for the eye alone: no rule speaks of it, and nothing is counted.
const fallOn = (state, world, seconds) => {
  let now = [...state];
  for (let i = 0; i < seconds * cartpole.rate; i++) {
    now = cartpole.move([now[0], now[1] * 0.94, now[2], now[3]], 0, world);
    if (Math.abs(now[2]) > 1.5) now = [now[0], now[1], 1.5 * Math.sign(now[2]), 0];
  }
  return now;
};
