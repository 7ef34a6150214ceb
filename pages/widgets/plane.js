// Layers on one canvas, painted at most once a frame; which of them show is the browser's business.
const box = element.querySelector(".nl-plane");
const { size, reach, limit } = NETLAB.options;
const APART = 0.03; // units of the plane between two points of one stroke
// A weak graphics chip, or none, takes ten times as long over a thousand small shapes.
const onProcessor = { willReadFrequently: true };
const ratio = Math.min(2, window.devicePixelRatio || 1);

const stage = make("div", "nl-field", box);
const canvas = make("canvas", "nl-plot", stage, { tabindex: 0, role: "img" });
const hint = make("span", "nl-hint", stage, { "aria-hidden": true });
const cross = make("i", "nl-cross", stage, { "aria-hidden": true });
const chips = make("div", "nl-chips", box, { role: "group" });
const row = make("div", "nl-controls", box);
const undoButton = make("button", "nl-text-button", row, { type: "button" });
const clearButton = make("button", "nl-text-button", row, { type: "button" });
const left = make("span", "nl-caption", row, { "aria-live": "polite" });
stage.style.maxWidth = `${size}px`;
canvas.dataset.frames = 0;

const shown = { heat: true, mesh: true, arrows: true, real: true, fake: true };
const shades = make("canvas", "");
let strokes = []; // of the visitor's own points, each a list of [x, y]
let current = null;
let pen = [0, 0];
let touched = false; // whether anything was drawn: until then what Python knows of is shown
let picture = {};
let real = []; // the real points, of Python or of the picture, whichever came last
let asking = null; // the game whose pictures are asked for
let drawnStep = null;
let colours = palette();
let said = null; // whether the words and chips were last written on a dark page

const drawing = () => Boolean((props.drawing || {}).on);
const set = () => strokes.flat();
const buttons = Object.keys(shown).map((name) => {
  const chip = make("button", "nl-chip", chips, { type: "button", "aria-pressed": true });
  const dot = make("i", "", chip);
  const title = make("span", "", chip);
  chip.addEventListener("click", () => {
    shown[name] = !shown[name];
    askAll();
  });
  return { name, chip, dot, title };
});

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const paintHeat = (context, heat, side, colours) => {
  const cells = Math.round(Math.sqrt(heat.length));
  if (cells < 2) return;
  shades.width = shades.height = cells;
  const image = new ImageData(cells, cells);
  const ends = [rgb(colours.series[1]), rgb(colours.series[0])];
  for (let y = 0; y < cells; y++) {
    for (let x = 0; x < cells; x++) {
      const value = 2 * heat[(cells - 1 - y) * cells + x] - 1;
      const strength = Math.min(1, Math.abs(value));
      image.data.set([...ends[value > 0 ? 1 : 0], 150 * strength], 4 * (y * cells + x));
    }
  }
  shades.getContext("2d", onProcessor).putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(shades, 0, 0, side, side);
};

const paintMesh = (context, mesh, place, colour) => {
  const rows = Math.round(Math.sqrt(mesh.length / 2));
  const line = (from, by) => {
    for (let i = 0; i < rows; i++) {
      const at = 2 * (from + i * by);
      context[i ? "lineTo" : "moveTo"](...place(mesh[at], mesh[at + 1]));
    }
  };
  context.beginPath();
  for (let i = 0; i < rows; i++) {
    line(i * rows, 1);
    line(i, rows);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.stroke();
  context.globalAlpha = 1;
};

const paintArrows = (context, arrows, place, colour) => {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.6;
  for (let i = 0; i + 3 < arrows.length; i += 4) {
    const [x, y] = place(arrows[i], arrows[i + 1]);
    const [toX, toY] = place(arrows[i] + arrows[i + 2], arrows[i + 1] + arrows[i + 3]);
    const length = Math.hypot(toX - x, toY - y);
    if (length < 1) continue;
    const [alongX, alongY] = [(toX - x) / length, (toY - y) / length];
    const head = Math.min(6, length / 2);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
    context.beginPath();
    context.moveTo(toX, toY);
    context.lineTo(toX - head * (alongX + 0.5 * alongY), toY - head * (alongY - 0.5 * alongX));
    context.lineTo(toX - head * (alongX - 0.5 * alongY), toY - head * (alongY + 0.5 * alongX));
    context.fill();
  }
};

// A dot is painted once and copied: hundreds of circles in one path take ten times as long.
const stamps = {};
const paintDots = (context, places, place, colour, radius, rim) => {
  const side = Math.ceil(ratio * 2 * (radius + 1.5));
  const name = [side, colour, rim].join();
  if (stamps[colour]?.name !== name) {
    const dot = make("canvas", "", null, { width: side, height: side });
    const ink = dot.getContext("2d", onProcessor);
    for (const [paint, reach] of [[rim, radius + 1], [colour, radius]]) {
      ink.fillStyle = paint;
      ink.beginPath();
      ink.arc(side / 2, side / 2, ratio * reach, 0, 2 * Math.PI);
      ink.fill();
    }
    stamps[colour] = { name, dot };
  }
  const { dot } = stamps[colour];
  const wide = side / ratio;
  for (let i = 0; i + 1 < places.length; i += 2) {
    const [x, y] = place(places[i], places[i + 1]);
    context.drawImage(dot, x - wide / 2, y - wide / 2, wide, wide);
  }
};

const draw = () => {
  if (said !== isDark()) say();
  const side = Math.min(size, stage.clientWidth);
  if (canvas.width !== Math.round(side * ratio)) canvas.width = canvas.height = Math.round(side * ratio);
  const context = canvas.getContext("2d", onProcessor);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, side, side);
  const place = (x, y) => [((x + reach) * side) / (2 * reach), ((reach - y) * side) / (2 * reach)];
  const { step = null, fake, heat, mesh, arrows } = picture;
  const targets = drawing() && touched ? set().flat() : real;
  const radius = Math.max(1.6, side / 240);
  if (shown.heat) paintHeat(context, numbers(heat), side, colours);
  if (drawing()) {
    // The square within which points may be drawn.
    const [low, high] = [place(-1, 1), place(1, -1)];
    context.strokeStyle = colours.soft;
    context.lineWidth = 1;
    context.setLineDash([4, 4]);
    context.strokeRect(low[0], low[1], high[0] - low[0], high[1] - low[1]);
    context.setLineDash([]);
  }
  if (shown.mesh) paintMesh(context, numbers(mesh), place, colours.soft);
  if (shown.real) paintDots(context, targets, place, colours.series[0], radius, colours.back);
  if (shown.fake) paintDots(context, numbers(fake), place, colours.series[1], radius, colours.back);
  if (shown.arrows) paintArrows(context, numbers(arrows), place, colours.text);
  if (step !== drawnStep) {
    drawnStep = step;
    canvas.dataset.step = step;
    canvas.dataset.frames = Number(canvas.dataset.frames) + 1;
  }
  hint.hidden = drawing() ? strokes.length > 0 : targets.length > 0 || step !== null;
  const [x, y] = place(...pen);
  cross.style.transform = `translate(${x}px, ${y}px)`;
};

// All but the canvas: it changes seldom, and would cost more than the canvas does.
const say = () => {
  said = isDark();
  colours = palette();
  const dots = { heat: "", mesh: colours.soft, arrows: colours.text, real: colours.series[0], fake: colours.series[1] };
  for (const { name, chip, dot, title } of buttons) {
    chip.setAttribute("aria-pressed", shown[name]);
    dot.style.setProperty("--nl-colour", dots[name]);
    if (!dots[name]) dot.style.background = `linear-gradient(90deg, ${colours.series[1]}, ${colours.series[0]})`;
    title.textContent = word(name);
  }
  const count = set().length;
  canvas.setAttribute("aria-label", word("label"));
  canvas.setAttribute("role", drawing() ? "application" : "img");
  stage.classList.toggle("nl-drawing", drawing());
  hint.textContent = word(drawing() ? "hint" : "empty");
  row.classList.toggle("nl-away", !drawing());
  undoButton.textContent = word("undo");
  clearButton.textContent = word("clear");
  undoButton.disabled = clearButton.disabled = !count;
  left.textContent = `${count} / ${limit} ${word("left")}`;
};
const ask = painter(draw);
const askAll = () => {
  said = null;
  ask();
};

const send = throttled(() => {
  const points = set().map((point) => point.map((value) => value.toFixed(3)).join(","));
  props.value = points.join(" "); // which a handler that waits for its turn reads then
  trigger("drawn", {});
}, 250);
const changed = () => {
  touched = true;
  askAll();
  send();
};
const add = (x, y) => {
  const last = current[current.length - 1];
  if (last && Math.hypot(last[0] - x, last[1] - y) < APART) return;
  if (Math.abs(x) > 1 || Math.abs(y) > 1 || set().length >= limit) return;
  current.push([x, y]);
  changed();
};
const undo = () => {
  strokes.pop();
  current = null;
  changed();
};
const clear = () => {
  strokes = [];
  current = null;
  changed();
};

const where = (event) => {
  const bounds = canvas.getBoundingClientRect();
  const share = (2 * reach) / bounds.width;
  return [(event.clientX - bounds.left) * share - reach, reach - (event.clientY - bounds.top) * share];
};
canvas.addEventListener("pointerdown", (event) => {
  if (event.button || current || !drawing()) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  stage.classList.remove("nl-keys");
  strokes.push((current = []));
  add(...where(event));
});
canvas.addEventListener("pointermove", (event) => {
  if (!current || !canvas.hasPointerCapture(event.pointerId)) return;
  const passed = event.getCoalescedEvents?.() || [];
  for (const point of passed.length ? passed : [event]) add(...where(point));
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    if (current && !current.length) strokes.pop();
    current = null;
  });
}

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
canvas.addEventListener("keydown", (event) => {
  if (!drawing() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in KEYS) {
    const by = event.shiftKey ? 0.01 : 0.05;
    pen = pen.map((value, axis) => Math.max(-1, Math.min(1, value + by * KEYS[event.key][axis])));
  } else if (event.key === " ") {
    strokes.push((current = []));
    add(...pen);
    current = null;
  } else if (event.key === "Backspace") undo();
  else if (event.key === "Delete") clear();
  else return;
  event.preventDefault();
  stage.classList.add("nl-keys");
  ask();
});
canvas.addEventListener("blur", () => stage.classList.remove("nl-keys"));
undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);

const show = (given) => {
  picture = given;
  if (given.real) real = numbers(given.real);
  ask();
};
const pictured = () => show(props.picture || {});
const targeted = () => {
  real = numbers(props.real);
  ask();
};

// One request at a time: the next picture is asked for when this one is drawn.
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const follow = async () => {
  const { who, game } = props.follow || {};
  if (game === asking) return;
  asking = game ?? null;
  if (!game) return;
  let since = null;
  while (element.isConnected && asking === game) {
    if (!isVisible()) {
      await pause(500);
      continue;
    }
    const next = await server.pictures([who, since]).catch(() => ({ over: true }));
    if (asking !== game || next.over) break;
    if (next.step === undefined) continue;
    since = next.step;
    show(next);
    await drawn();
  }
  if (asking === game) asking = null;
};

whole(() => {
  targeted();
  pictured();
  askAll();
  follow();
});
changes({ real: targeted, picture: pictured, drawing: askAll, words: askAll, follow });
