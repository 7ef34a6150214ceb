// Colours on one canvas, painted when they change; the dot and its trail on another, at each frame.
const box = element.querySelector(".nl-heatmap");
const { follows, size, angle, spin } = NETLAB.options;
const TRAIL = 90;
const RAD = Math.PI / 180;
const ratio = Math.min(2, window.devicePixelRatio || 1);

box.style.maxWidth = `${size}px`;
const upper = make("div", "nl-caption", box);
const stage = make("div", "nl-field", box);
const cells = make("canvas", "nl-cells", stage, { "aria-hidden": true });
const over = make("canvas", "nl-plot", stage, { tabindex: 0, role: "application" });
const lower = make("div", "nl-caption nl-heat-x", box);
const legend = make("div", "nl-heat-legend", box);
const [low, scale, high] = [make("span", "", legend), make("i", "", legend), make("span", "", legend)];

let trail = [];
let pen = [0, 0];
let keyed = false;
let colours = palette();
over.dataset.frames = 0;

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const mix = (a, b, share) => a.map((value, i) => Math.round(value + (b[i] - value) * share));

const paintCells = () => {
  const { values: given, signed, named } = props.map || {};
  const values = numbers(given);
  const side = Math.round(Math.sqrt(values.length));
  colours = palette();
  box.classList.toggle("nl-none", side < 2);
  upper.textContent = word("y");
  lower.textContent = word("x");
  over.setAttribute("aria-label", word(side < 2 ? "empty" : "label"));
  stage.dataset.empty = side < 2 ? word("empty") : "";
  legend.classList.toggle("nl-away", side < 2);
  if (side < 2) return;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(Math.abs(least), Math.abs(most), 1e-9);
  const [down, middle, up] = colours.diverging.map(rgb);
  const accent = rgb(colours.accent);
  const shade = (value) => {
    if (!signed) return mix(middle, accent, (value - least) / Math.max(most - least, 1e-9));
    // The square root: near the border between both sides the differences are small and matter most.
    return mix(middle, value < 0 ? down : up, Math.sqrt(Math.abs(value) / reach));
  };
  cells.width = cells.height = side;
  const image = new ImageData(side, side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) image.data.set([...shade(values[(side - 1 - y) * side + x]), 255], 4 * (y * side + x));
  }
  cells.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
  const ends = signed ? [-reach, reach] : [least, most];
  const shown = ends.map((value) => (named ? "" : value.toFixed(Math.abs(value) < 10 ? 2 : 1).replace("-", "−")));
  low.textContent = `${word(signed ? "low" : "least")} ${shown[0]}`;
  high.textContent = `${word(signed ? "high" : "most")} ${shown[1]}`;
  const steps = named ? [0, 0, 1, 1] : Array.from({ length: 9 }, (_, i) => i / 8);
  const stops = steps.map((share, i) => `rgb(${shade(ends[0] + share * (ends[1] - ends[0])).join()})${named ? ` ${[0, 50, 50, 100][i]}%` : ""}`);
  scale.style.background = `linear-gradient(90deg, ${stops.join()})`;
};

const paintDot = () => {
  const side = stage.clientWidth;
  if (over.height !== Math.round(side * ratio)) over.width = over.height = Math.round(side * ratio);
  const context = over.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, side, side);
  const place = ([x, y]) => [(side * (1 + x)) / 2, (side * (1 - y)) / 2].map((at) => Math.max(4, Math.min(side - 4, at)));
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  context.globalAlpha = 0.25;
  if (!box.classList.contains("nl-none")) {
    context.beginPath();
    context.moveTo(side / 2, 0);
    context.lineTo(side / 2, side);
    context.moveTo(0, side / 2);
    context.lineTo(side, side / 2);
    context.stroke();
  }
  context.lineWidth = 2;
  for (let i = 1; i < trail.length; i++) {
    context.globalAlpha = (0.6 * i) / trail.length;
    context.beginPath();
    context.moveTo(...place(trail[i - 1]));
    context.lineTo(...place(trail[i]));
    context.stroke();
  }
  context.globalAlpha = 1;
  const dot = (at, radius, fill) => {
    context.beginPath();
    context.arc(...place(at), radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.stroke();
  };
  if (trail.length) {
    context.strokeStyle = colours.back;
    dot(trail[trail.length - 1], 7, colours.accent);
  }
  if (keyed) {
    context.strokeStyle = colours.text;
    dot(pen, 5, "transparent");
  }
  over.dataset.frames = Number(over.dataset.frames) + 1;
};

const askDot = painter(paintDot);
const ask = painter(() => {
  paintCells();
  paintDot();
});

// Whoever follows stops listening when the page takes the widget away.
const follow = (event) => {
  if (!element.isConnected) return window.removeEventListener("netlab:cart", follow);
  const { name, state, step } = event.detail;
  if (name !== follows) return;
  const now = [state[2] / (angle * RAD), state[3] / (spin * RAD)];
  const before = trail[trail.length - 1];
  if (step === 0) trail = [];
  if (before && before[0] === now[0] && before[1] === now[1]) return;
  trail = [...trail.slice(-TRAIL), now];
  askDot();
};
if (follows) window.addEventListener("netlab:cart", follow);

const pick = () => trigger("picked", { angle: pen[0] * angle * RAD, spin: pen[1] * spin * RAD });
over.addEventListener("click", (event) => {
  const side = stage.clientWidth;
  pen = [(2 * event.offsetX) / side - 1, 1 - (2 * event.offsetY) / side].map((at) => Math.max(-0.99, Math.min(0.99, at)));
  pick();
});
over.addEventListener("keydown", (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (way) {
    keyed = true;
    pen = pen.map((at, i) => Math.max(-0.99, Math.min(0.99, at + (way[i] * (event.shiftKey ? 1 : 5)) / 100)));
    askDot();
  } else if (event.key === "Enter") pick();
  else return;
  event.preventDefault();
});
over.addEventListener("blur", () => {
  keyed = false;
  askDot();
});

whole(ask);
changes({ map: ask, words: ask });
