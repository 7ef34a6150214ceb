// Strokes are kept as points on a 280-unit square, so that they can be undone and drawn at any size.
const pad = element.querySelector(".nl-pad");
const SIDE = 280;
const SENT = 112;
const BRUSH = 22;
const ratio = Math.min(3, window.devicePixelRatio || 1);
const sheet = make("div", "nl-sheet", pad);
const canvas = make("canvas", "nl-ink", sheet, { width: SIDE * ratio, height: SIDE * ratio, tabindex: 0, role: "application" });
const hint = make("span", "nl-hint", sheet, { "aria-hidden": true });
const cross = make("i", "nl-cross", sheet, { "aria-hidden": true });
const row = make("div", "nl-controls", pad);
const undoButton = NETLAB.options.undo && make("button", "nl-text-button", row, { type: "button" });
const clearButton = make("button", "nl-text-button", row, { type: "button" });
const voice = make("span", "nl-voice", pad, { "aria-live": "polite" });
const small = make("canvas", "", null, { width: SENT, height: SENT });

let strokes = [];
let current = null;
let pen = { x: SIDE / 2, y: SIDE / 2, down: false };

const ink = (context, side) => {
  const scale = side / SIDE;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = context.shadowColor = "#fff";
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = BRUSH - 4;
  context.shadowBlur = 6 * scale; // the soft rim that a scanned pen stroke has
  for (const points of strokes) {
    context.beginPath();
    context.moveTo(points[0].x, points[0].y);
    // Curves through the midpoints: a quick hand leaves few points, and no corners.
    for (let i = 1; i < points.length - 1; i++) {
      const [a, b] = [points[i], points[i + 1]];
      context.quadraticCurveTo(a.x, a.y, (a.x + b.x) / 2, (a.y + b.y) / 2);
    }
    const last = points[points.length - 1];
    context.lineTo(last.x, last.y + (points.length === 1 ? 0.01 : 0));
    context.stroke();
  }
  context.shadowBlur = 0;
};

const draw = () => {
  ink(canvas.getContext("2d"), SIDE * ratio);
  canvas.setAttribute("aria-label", word("label"));
  hint.textContent = word("hint");
  hint.hidden = strokes.length > 0;
  clearButton.textContent = word("clear") || "×";
  clearButton.disabled = !strokes.length;
  if (undoButton) {
    undoButton.textContent = word("undo") || "↶";
    undoButton.disabled = !strokes.length;
  }
  const share = canvas.clientWidth / SIDE;
  cross.style.transform = `translate(${pen.x * share}px, ${pen.y * share}px)`;
  cross.classList.toggle("nl-down", pen.down);
};
const ask = painter(draw);

// A handler that waits for its turn reads the value of then; what an event carries is of its first.
const tell = (pixels) => {
  props.value = pixels;
  trigger("drawn", {});
};

const send = throttled(() => {
  if (!strokes.length) return;
  const context = small.getContext("2d", { willReadFrequently: true });
  ink(context, SENT);
  const { data } = context.getImageData(0, 0, SENT, SENT);
  let letters = "";
  for (let i = 0; i < data.length; i += 4) letters += String.fromCharCode(data[i]);
  tell(btoa(letters));
}, 150);

const changed = () => {
  ask();
  if (strokes.length) send();
  else tell(""); // by the same event: none may be answered after it
};

const undo = () => {
  if (!strokes.length) return;
  strokes.pop();
  current = null;
  changed();
};
const clear = () => {
  if (!strokes.length) return;
  strokes = [];
  current = null;
  changed();
};

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.left) * SIDE) / box.width, y: ((event.clientY - box.top) * SIDE) / box.height };
};

canvas.addEventListener("pointerdown", (event) => {
  if (event.button || current) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  current = [place(event)];
  strokes.push(current);
  sheet.classList.remove("nl-keys");
  changed();
});
canvas.addEventListener("pointermove", (event) => {
  if (!current || !canvas.hasPointerCapture(event.pointerId)) return;
  const passed = event.getCoalescedEvents?.() || [];
  for (const point of passed.length ? passed : [event]) current.push(place(point));
  changed();
});
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (current = null));

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key !== "z" || event.altKey) return;
    undo();
  } else if (event.key in KEYS) {
    const [dx, dy] = KEYS[event.key].map((step) => step * (event.shiftKey ? 2 : 8));
    pen.x = Math.max(0, Math.min(SIDE, pen.x + dx));
    pen.y = Math.max(0, Math.min(SIDE, pen.y + dy));
    if (pen.down) {
      if (!current) strokes.push((current = []));
      current.push({ x: pen.x, y: pen.y });
      changed();
    }
  } else if (event.key === " ") {
    pen.down = !pen.down;
    current = pen.down ? [{ x: pen.x, y: pen.y }] : null;
    if (current) strokes.push(current);
    voice.textContent = word(pen.down ? "pen_down" : "pen_up");
    if (pen.down) changed();
  } else if (event.key === "Backspace") undo();
  else if (event.key === "Delete") clear();
  else return;
  event.preventDefault();
  sheet.classList.add("nl-keys");
  ask();
});
canvas.addEventListener("blur", () => {
  pen.down = false;
  current = null;
  sheet.classList.remove("nl-keys");
});

if (undoButton) undoButton.addEventListener("click", undo);
clearButton.addEventListener("click", clear);
whole(ask);
changes({ words: ask });
