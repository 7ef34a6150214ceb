// The loop: time runs in steps of the world, the picture between two of them. An agent's steps come
// from the server in chunks, a visitor's own are computed here; both are tracks, see cart_tracks.js.
const box = element.querySelector(".nl-cart");
const { modes, controls: steered, gauged, name: called } = NETLAB.options;
const PACES = { slow: 0.2, real: 1, fast: 4, most: 16 };
const REST = { slow: 1.6, real: 1.6, fast: 0.7, most: 0.35 }; // seconds between two episodes
const SHOVE = 0.5; // seconds that a shove is seen
const LOOK = 2.5; // seconds that a film is seen before another one, of a running training, replaces it
const ratio = Math.min(2, window.devicePixelRatio || 1);

const main = make("div", "nl-cart-main", box);
const bar = make("div", "nl-controls nl-cart-bar", main);
const stage = make("div", "nl-cart-stage", main);
const canvas = make("canvas", "nl-plot", stage, { tabindex: 0, role: "application" });
const note = make("div", "nl-note", stage, { "aria-live": "polite" });
const meters = gauged ? gauges(box) : null;
Object.assign(canvas.dataset, { frames: 0, step: 0, episodes: 0, shoves: 0 });

let mode = modes[0];
let pace = "real";
let playing = !reducedMotion;
let agent = null;
let mine = null;
let time = 0; // in steps
let until = Infinity; // the step at which the one that was asked for is over
let phase = "ready"; // ready, running or over
let resting = 0; // seconds since the end
let trouble = "";
let seed = Math.floor(1e5 * Math.random());
let shoves = [];
let strength = 0.6;
let smooth = [[0, 0], [0, 0]]; // of agent and visitor: how much of late it was pushed left and right
let colours = null;
let looping = false;
let inSight = false;
let last = 0;
let filmed = -Infinity; // when the film began
let next = 0; // the timer of the one that waits

const world = () => ({ ...cartpole.usual, ...(props.world || {}) });
const limit = () => ((props.rules || {}).endless && mode === "watch" ? 0 : cartpole.steps);
const known = () => "who" in (props.agent || {});
const film = () => (props.film || {}).states;
const down = { left: false, right: false };

// Episodes.

const begin = (given = null) => {
  for (const track of [agent, mine]) if (track) track.alive = false;
  [agent, mine, time, until, resting, trouble] = [null, null, 0, Infinity, 0, ""];
  [smooth, shoves, phase] = [[[0, 0], [0, 0]], [], "ready"];
  clearTimeout(next);
  if (film()) {
    filmed = performance.now();
    agent = blank([0, 0, 0, 0]);
    const states = numbers(film());
    agent.states = Array.from({ length: states.length / 4 }, (_, i) => Array.from(states.subarray(4 * i, 4 * i + 4)));
    agent.actions = Array.from((props.film || {}).actions || "", Number);
    agent.forces = agent.actions;
    agent.ended = true;
    phase = "running";
  } else if (mode === "play") {
    mine = blank(Array.from({ length: 4 }, () => 0.1 * Math.random() - 0.05));
  } else if (known()) {
    seed = (seed + 1) % 1e5;
    agent = blank([0, 0, 0, 0]);
    if (given) {
      agent.states = [given];
      opened();
      ask(agent);
    } else ask(agent, null);
  }
  wake();
};

const opened = () => {
  if (mode === "race") mine = blank(agent.states[0]);
  else phase = "running";
};

const endOf = (track) => {
  const [x, , angle] = track.states[track.states.length - 1];
  return Math.abs(x) > cartpole.track ? "left" : Math.abs(angle) > cartpole.angle ? "fell" : "time";
};

const finish = () => {
  phase = "over";
  resting = 0;
  canvas.dataset.episodes = Number(canvas.dataset.episodes) + 1;
  canvas.dataset.ended = endOf(mine || agent);
  if (!mine) return;
  playing = true;
  const rival = agent ? Math.min(lastStep(agent), Math.floor(time)) : -1;
  const steps = lastStep(mine);
  const usual = JSON.stringify(world()) === JSON.stringify(cartpole.usual);
  trigger("played", { mode, steps, seconds: steps / cartpole.rate, end: endOf(mine), rival, pace, usual });
};

const advance = (seconds) => {
  shoves = shoves.filter((each) => (each.age += seconds / SHOVE) < 1);
  if (phase === "over") {
    resting += seconds;
    if (playing && mode === "watch" && resting > REST[pace]) begin();
    return;
  }
  if (phase !== "running" || !playing) return;
  let target = Math.min(until, time + seconds * cartpole.rate * PACES[pace]);
  if (agent && !(agent.ended && mine)) target = Math.min(target, lastStep(agent));
  while (mine && !mine.ended && lastStep(mine) < target) drive(mine, Number(down.right) - Number(down.left), world(), limit());
  time = mine && mine.ended ? Math.min(target, lastStep(mine)) : target;
  for (const track of [agent, mine]) if (track) trim(track, time);
  const judged = mine || agent;
  if (judged && judged.ended && time >= lastStep(judged)) finish();
  else if (time >= until) hold(true);
  if (agent) ask(agent);
};

const moving = () =>
  (phase === "running" && playing) || shoves.length > 0 || (phase === "over" && (resting < 1.4 || (playing && !mine)));
const frame = (stamp) => {
  if (!inSight || !isVisible()) {
    looping = false;
    return;
  }
  advance(Math.min(0.1, (stamp - last) / 1000));
  last = stamp;
  draw(stamp);
  if (moving()) requestAnimationFrame(frame);
  else looping = false;
};
const wake = () => {
  if (looping || !inSight) return;
  looping = true;
  last = performance.now();
  requestAnimationFrame(frame);
};
// Out of sight, by scrolling or in another tab, nothing is drawn and nobody asked.
new IntersectionObserver((entries) => {
  inSight = entries[entries.length - 1].isIntersecting;
  wake();
}).observe(stage);

// What a hand does.

const redo = () => {
  if (!agent || film() || mine || phase !== "running") return;
  agent = branch(agent, time, shownAt(agent, time).state);
  time = agent.first;
  ask(agent);
};

const shove = (pole, side) => {
  if (mode !== "watch" || phase !== "running" || !agent || film()) return;
  const by = side * strength;
  redo();
  const state = agent.states[0];
  state[pole ? 3 : 1] = Math.max(-20, Math.min(20, state[pole ? 3 : 1] + by));
  shoves.push({ pole, by, age: 0 });
  canvas.dataset.shoves = Number(canvas.dataset.shoves) + 1;
  wake();
};

const tellHeld = () => {
  if (!agent || film()) return;
  const { state, q, action } = shownAt(agent, time);
  trigger("held", { state, q, action, step: Math.floor(time) });
};

const hold = (stopped) => {
  playing = !stopped;
  until = Infinity;
  if (stopped) {
    // A held picture is one that the rules know: a state between two steps is none.
    if (agent && !mine && !film()) time = Math.min(lastStep(agent), Math.round(time));
    tellHeld();
  }
  show();
};

// Whoever is to drive has the keys at once.
const takeWheel = () => mode !== "watch" && canvas.focus({ preventScroll: true });

const hands = {
  shove,
  toggle: () => hold(playing),
  again: () => {
    begin();
    takeWheel();
  },
  onceMore: () => mine && phase === "over" && resting > 0.8 && begin(),
  once: () => {
    if (mode !== "watch") return;
    if (phase === "over") begin();
    time = Math.floor(time);
    until = time + 1;
    playing = true;
    show();
  },
  press: (side, pressed) => {
    down[side] = pressed;
    if (!pressed || !mine || phase === "over") return;
    phase = "running"; // the visitor's first push starts the clock
    playing = true;
    show();
  },
  poke: (x, y) => {
    if (!agent || mode !== "watch") return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const { state } = shownAt(agent, time);
    const body = scene.parts(scene.layout(width, height, world()), state, world());
    const pole = y < body.top - 4;
    const along = pole ? (body.pivot[0] + body.tip[0]) / 2 : body.x;
    shove(pole, x < along ? 1 : -1);
  },
  strength: (value) => (strength = value),
  pace: (name) => {
    pace = name;
    show();
    if (agent) ask(agent);
  },
  choose: (name) => {
    mode = name;
    playing = true;
    begin();
    show();
    takeWheel();
  },
};
const steering = steered ? controls({ bar, stage, canvas, modes, paces: Object.keys(PACES), hands }) : null;

const show = () => {
  steering?.show({ mode, pace, playing, known: known() });
  stage.dataset.mode = mode;
  wake();
};
const say = () => {
  steering?.say();
  meters?.say();
  show();
};

// What Python changes.

const repaint = painter(() => {
  colours = null;
  wake();
});
const chosen = () => {
  if (modes.includes(props.mode)) mode = props.mode;
  begin();
  show();
};
const altered = () => (mode === "watch" && phase === "running" && agent && known() ? redo() : begin());
whole(() => {
  if (props.pace in PACES) pace = props.pace;
  say();
  chosen();
  repaint();
});
changes({
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
    const left = film() && phase === "running" ? 1000 * LOOK - (performance.now() - filmed) : 0;
    clearTimeout(next);
    if (left > 0 && inSight) next = setTimeout(begin, left);
    else begin();
  },
  start: () => begin((props.start || {}).state),
  mode: chosen,
  pace: () => props.pace in PACES && hands.pace(props.pace),
  words: say,
});
