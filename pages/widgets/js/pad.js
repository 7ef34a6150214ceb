// @ts-check
/** A drawing pad, see pad.py. Strokes are kept as points, so that they can be undone and drawn at any size. */

import { IN_MEMORY, pixelRatio } from "./canvas.js";
import { hasModifier, make, makeButton, onStroke, throttled } from "./dom.js";
import { clamp } from "./format.js";

/** @typedef {{x: number, y: number}} Point in units of the square */

const SIDE = 280; // units of the square on which strokes are kept
const SENT = 112; // pixels a side of the picture that is sent
const BRUSH = 22; // units
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Draw white strokes on black.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Point[][]} strokes
 * @param {number} side pixels of the canvas
 */
const drawStrokes = (context, strokes, side) => {
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
    // Curves through the midpoints: a fast stroke has few points, and should have no corners.
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

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, options, word, painter, onChange, whenComplete } = widget;
  const ratio = pixelRatio(3);
  const sheet = make("div", "nl-sheet", root);
  const canvas = make("canvas", "nl-ink", sheet, {
    width: SIDE * ratio,
    height: SIDE * ratio,
    tabindex: 0,
    role: "application",
  });
  const hint = make("span", "nl-hint", sheet, { "aria-hidden": true });
  const cross = make("i", "nl-cross", sheet, { "aria-hidden": true });
  const row = make("div", "nl-controls", root);
  const undoButton = options.undo && makeButton("nl-text-button", row, () => undo());
  const clearButton = makeButton("nl-text-button", row, () => clear());
  const voice = make("span", "nl-voice", root, { "aria-live": "polite" });
  const small = make("canvas", "", null, { width: SENT, height: SENT });

  /** @type {Point[][]} */
  let strokes = [];
  /** @type {Point[] | null} */
  let current = null;
  const pen = { x: SIDE / 2, y: SIDE / 2, down: false };

  const draw = () => {
    drawStrokes(
      /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")),
      strokes,
      SIDE * ratio,
    );
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

  // The drawing is sent as the value: a handler that waits reads the newest one, where the data of an
  // event would be those of the event that made it wait.
  const tell = (/** @type {string} */ pixels) => {
    props.value = pixels;
    trigger("drawn", {});
  };

  /** The drawing as 112 × 112 bytes in base64. */
  const encode = () => {
    const context = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d", IN_MEMORY));
    drawStrokes(context, strokes, SENT);
    const { data } = context.getImageData(0, 0, SENT, SENT);
    let letters = "";
    for (let i = 0; i < data.length; i += 4) letters += String.fromCharCode(data[i]);
    return btoa(letters);
  };

  const send = throttled(() => {
    if (strokes.length) tell(encode());
  }, 150);
  const changed = () => {
    ask();
    if (strokes.length) send();
    else tell(""); // by the same event, so that no older drawing is answered later
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

  /** @returns {Point} */
  const place = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * SIDE) / box.width,
      y: ((event.clientY - box.top) * SIDE) / box.height,
    };
  };

  onStroke(canvas, {
    begin: (event) => {
      if (current) return false;
      current = [place(event)];
      strokes.push(current);
      sheet.classList.remove("nl-keys");
      changed();
      return true;
    },
    pass: (event) => {
      if (!current) return;
      current.push(place(event));
      changed();
    },
    end: () => (current = null),
  });
  canvas.addEventListener("keydown", (event) => {
    if (hasModifier(event)) {
      if (event.key !== "z" || event.altKey) return;
      undo();
    } else if (event.key in ARROWS) {
      const [dx, dy] = ARROWS[event.key].map((step) => step * (event.shiftKey ? 2 : 8));
      pen.x = clamp(pen.x + dx, 0, SIDE);
      pen.y = clamp(pen.y + dy, 0, SIDE);
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

  whenComplete(ask);
  onChange({ words: ask });
};
