// The points are a plotly scatter3d with a trace for each digit. All that is marked in the cloud
// (sliders, drawing, picked points, path, posterior) is drawn on a canvas above it, through the
// plot's own projection: moving a marker then costs well under a millisecond, and no point of the
// cloud can hide it.
const box = element.querySelector(".nl-cloud");
const { height, follows } = NETLAB.options;
const chips = make("div", "nl-chips", box, { role: "group" });
const stage = make("div", "nl-stage", box, { tabindex: 0, role: "group" });
stage.style.setProperty("--nl-height", `${height}px`);
const div = make("div", "nl-plot", stage);
const overlay = make("canvas", "nl-overlay", stage, { "aria-hidden": true });
const tools = make("div", "nl-tools", stage);

const HOME = { up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.1 }, eye: { x: 1.35, y: 1.35, z: 0.85 } };
const ABOVE = { up: { x: 0, y: 1, z: 0 }, center: { x: 0, y: 0, z: 0 }, eye: { x: 0, y: 0, z: 2.05 } };
const DRAG = 6; // pixels: a pointer that travels further turns the cloud and picks nothing

let Plot = null;
let points = { x: [], y: [], z: [], digit: [], error: [] };
let members = []; // by digit: which points of the given arrays its trace holds
let flat = false;
let hidden = new Set();
let followed = -1; // which point of the trail the player stands at
let spinning = false;
let hovered = -1;
let colours = palette();

// Absent before the first drawing, and where the browser has no WebGL.
const scene = () => {
  const found = div._fullLayout?.scene?._scene;
  return found?.glplot ? found : undefined;
};
const camera = () => scene()?.getCamera();
const look = (to) => Plot.relayout(div, { "scene.camera": to });

// Points

const read = () => {
  const given = props.cloud || {};
  points = Object.fromEntries(["x", "y", "z", "digit", "error"].map((name) => [name, numbers(given[name])]));
  const count = points.x.length;
  if (points.z.length !== count) points.z = new Float32Array(count);
  members = Array.from({ length: 10 }, () => []);
  for (let i = 0; i < count; i++) members[points.digit[i]]?.push(i);
  flat = count > 0 && points.z.every((z) => z === 0);
};

const traces = () => {
  const size = innerWidth < 700 ? 2.6 : 3.2;
  return members.map((indices, digit) => {
    const along = (axis) => Float32Array.from(indices, (i) => points[axis][i]);
    const error = points.error.length ? ` · ${word("error")} %{customdata[1]:.3f}` : "";
    return {
      type: "scatter3d", mode: "markers", name: String(digit), showlegend: false,
      visible: !hidden.has(digit), x: along("x"), y: along("y"), z: along("z"),
      customdata: indices.map((i) => [i, points.error[i]]),
      hovertemplate: `${word("digit")} ${digit}${error} · #%{customdata[0]}<extra></extra>`,
      marker: { size, color: colours.digits[digit], opacity: 0.9, line: { width: 0 } },
      hoverlabel: {
        bgcolor: colours.back, bordercolor: colours.digits[digit],
        font: { color: colours.text, family: colours.font, size: 13 },
      },
    };
  });
};

const layout = () => {
  const titles = (props.cloud || {}).axes || ["x", "y", "z"];
  const axis = (i) => ({
    title: { text: titles[i] || "", font: { color: colours.soft, size: 12 } },
    tickfont: { color: colours.soft, size: 10 }, nticks: 5, color: colours.soft,
    gridcolor: colours.line, zerolinecolor: colours.line, linecolor: colours.line,
    showbackground: false, showspikes: false, visible: !(flat && i === 2),
  });
  return {
    margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", showlegend: false,
    font: { family: colours.font }, autosize: true, uirevision: "keep", hovermode: "closest",
    scene: {
      xaxis: axis(0), yaxis: axis(1), zaxis: axis(2), aspectmode: "cube", dragmode: flat ? "orbit" : "turntable",
      camera: camera() || (flat ? ABOVE : HOME), bgcolor: "rgba(0,0,0,0)", uirevision: "keep",
    },
  };
};

const draw = async () => {
  say();
  if (!Plot) return;
  if (!points.x.length && !div.data) return;
  const fresh = !div.data;
  const wasFlat = div.netlabFlat;
  div.netlabFlat = flat;
  const shape = layout();
  if (wasFlat !== undefined && wasFlat !== flat) shape.scene.camera = flat ? ABOVE : HOME;
  await Plot.react(div, traces(), shape, { displayModeBar: false, responsive: false });
  if (fresh) {
    div.on("plotly_hover", ({ points: [point] }) => (hovered = point.customdata?.[0] ?? -1));
    div.on("plotly_unhover", () => (hovered = -1));
  } else Plot.Plots.resize(div);
  mark();
};
const ask = painter(draw);

// Where a place of the cloud stands on the screen

const times = (m, v) => [0, 1, 2, 3].map((r) => m[r] * v[0] + m[4 + r] * v[1] + m[8 + r] * v[2] + m[12 + r] * v[3]);
const projector = () => {
  const { glplot, dataScale } = scene();
  const { model, view, projection } = glplot.cameraParams;
  const { clientWidth: width, clientHeight: tall } = stage;
  const columns = [0, 1, 2, 3].map((c) =>
    times(projection, times(view, times(model, [0, 1, 2, 3].map((r) => Number(r === c))))));
  const matrix = columns.flat();
  return (x, y, z) => {
    const [a, b, , d] = times(matrix, [x * dataScale[0], y * dataScale[1], z * dataScale[2], 1]);
    return [((1 + a / d) * width) / 2, ((1 - b / d) * tall) / 2, d];
  };
};

const nearest = (left, top, reach) => {
  const place = projector();
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < points.x.length; i++) {
    if (hidden.has(points.digit[i])) continue;
    const [x, y, depth] = place(points.x[i], points.y[i], points.z[i]);
    const distance = Math.hypot(x - left, y - top);
    // Of points that overlap, the one in front.
    if (distance <= reach && distance + 4 * depth < least) {
      least = distance + 4 * depth;
      best = i;
    }
  }
  return best;
};

let press = null;
stage.addEventListener("pointerdown", (event) => {
  if (event.target.closest(".nl-tools")) return;
  spin(false);
  press = event.isPrimary && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
}, true);
stage.addEventListener("pointermove", (event) => {
  if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > DRAG) press = null;
}, true);
stage.addEventListener("pointerup", (event) => {
  if (!press || !scene()) return;
  press = null;
  const frame = stage.getBoundingClientRect();
  const touch = event.pointerType !== "mouse";
  // What the mouse has seen named is what it gets.
  const seen = touch || hidden.has(points.digit[hovered]) ? -1 : hovered;
  const index = seen >= 0 ? seen : nearest(event.clientX - frame.left, event.clientY - frame.top, touch ? 24 : 9);
  if (index >= 0) trigger("point_click", { index });
}, true);

// Marks

const mark = () => {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: tall } = stage;
  if (overlay.width !== Math.round(width * ratio) || overlay.height !== Math.round(tall * ratio)) {
    overlay.width = Math.round(width * ratio);
    overlay.height = Math.round(tall * ratio);
  }
  const pen = overlay.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, tall);
  if (!scene() || !points.x.length) return;
  drawMarks(pen, projector(), colours, width, followed);
};

// The plot turns on its own clock: follow its matrices for as long as the widget is in sight.
let seen = "";
const follow = () => {
  if (!element.isConnected) return;
  if (isVisible() && scene()) {
    if (spinning) turn(0.004, 0);
    const { model, view, projection } = scene().glplot.cameraParams;
    const now = [model.join(), view.join(), projection.join(), stage.clientWidth].join();
    if (now !== seen) {
      seen = now;
      mark();
    }
  }
  requestAnimationFrame(follow);
};

// Turning without a mouse

const turn = (sideways, upwards) => {
  const now = camera();
  if (!now) return;
  const { x, y, z } = now.eye;
  const up = now.up;
  if (Math.abs(up.z) < 0.9) {
    // Seen from above: turn the page instead.
    const angle = Math.atan2(up.y, up.x) + sideways;
    now.up = { x: Math.cos(angle), y: Math.sin(angle), z: 0 };
  } else {
    const far = Math.hypot(x, y, z);
    const around = Math.atan2(y, x) + sideways;
    const high = Math.max(-1.5, Math.min(1.5, Math.asin(z / far) + upwards));
    now.eye = { x: far * Math.cos(high) * Math.cos(around), y: far * Math.cos(high) * Math.sin(around), z: far * Math.sin(high) };
  }
  look(now);
};
const zoom = (share) => {
  const now = camera();
  if (!now) return;
  for (const axis of ["x", "y", "z"]) now.eye[axis] *= share;
  look(now);
};
const home = () => {
  spin(false);
  if (scene()) look(structuredClone(flat ? ABOVE : HOME));
};
const spin = (wanted) => {
  spinning = wanted;
  spinButton.setAttribute("aria-pressed", wanted);
};

const tool = (sign, act) => {
  const button = make("button", "nl-tool", tools, { type: "button" });
  button.textContent = sign;
  button.addEventListener("click", act);
  return button;
};
const nearButton = tool("+", () => zoom(0.85));
const farButton = tool("−", () => zoom(1.18));
const spinButton = tool("⟳", () => spin(!spinning));
const homeButton = tool("⌂", home);

stage.addEventListener("keydown", (event) => {
  if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    ArrowLeft: () => turn(-0.09, 0), ArrowRight: () => turn(0.09, 0), ArrowUp: () => turn(0, 0.07),
    ArrowDown: () => turn(0, -0.07), "+": () => zoom(0.9), "=": () => zoom(0.9), "-": () => zoom(1.1), 0: home,
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  spin(false);
  keys[event.key]();
});

// The wheel scrolls the page until the cloud has been clicked.
stage.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !stage.contains(document.activeElement)) event.stopPropagation();
}, true);
stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }));

// Two fingers zoom.
const fingers = new Map();
stage.addEventListener("pointerdown", (event) => fingers.set(event.pointerId, event), true);
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, (event) => fingers.delete(event.pointerId));
stage.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) return;
  const span = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  const before = fingers.size === 2 && span();
  fingers.set(event.pointerId, event);
  if (before) zoom(before / Math.max(1, span()));
}, true);

// Digits on and off

const filter = () => {
  if (div.data) Plot.restyle(div, { visible: members.map((_, digit) => !hidden.has(digit)) });
  say();
};
const digitChips = Array.from({ length: 10 }, (_, digit) => {
  const chip = make("button", "nl-chip", chips, { type: "button" });
  make("i", "", chip);
  chip.append(String(digit));
  chip.addEventListener("click", () => {
    if (!hidden.delete(digit)) hidden.add(digit);
    filter();
  });
  // Twice: this digit alone, or all of them again.
  chip.addEventListener("dblclick", () => {
    const others = [...Array(10).keys()].filter((other) => other !== digit);
    hidden = new Set(others.every((other) => hidden.has(other)) ? [] : others);
    filter();
  });
  return chip;
});

const say = () => {
  colours = palette();
  box.dataset.empty = points.x.length ? "" : word("empty");
  box.classList.toggle("nl-none", !points.x.length);
  stage.setAttribute("aria-label", word("label"));
  chips.setAttribute("aria-label", word("digit"));
  digitChips.forEach((chip, digit) => {
    chip.style.setProperty("--nl-colour", colours.digits[digit]);
    chip.setAttribute("aria-pressed", !hidden.has(digit));
    label(chip, `${word("digit")} ${digit}`);
  });
  label(nearButton, word("zoom_in"));
  label(farButton, word("zoom_out"));
  label(spinButton, word("spin"));
  label(homeButton, word("reset"));
};

window.addEventListener("netlab:frame", ({ detail }) => {
  if (!element.isConnected || detail.name !== follows) return;
  followed = detail.index;
  if (isVisible() && scene()) mark();
});

const begin = () => {
  read();
  ask();
};
const again = () => isVisible() && mark();
changes({ cloud: begin, words: ask, marker: again, landed: again, picked: again, trail: again, ellipsoid: again });
whole(begin);
requestAnimationFrame(follow);
plotly().then((found) => {
  Plot = found;
  ask();
});
