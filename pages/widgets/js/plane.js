// @ts-check
/** The game in the plane, see plane.py: layers on one canvas, painted at most once in a frame. */

import {
  IN_MEMORY,
  fitCanvas,
  paintPixels,
  pixelRatio,
  strokeLine,
  traceCircle,
  traceLine,
} from "./canvas.js";
import { rgb } from "./colour.js";
import { hasModifier, make, makeButton, onStroke, setPressed, throttled } from "./dom.js";
import { clamp } from "./format.js";
import { isDark } from "../../gradio_compat/js/gradio.js";
import { numbers } from "./packing.js";

/** @typedef {import("./canvas.js").Context} Context */
/** @typedef {import("./canvas.js").Projection} Projection */
/** @typedef {import("./packing.js").Numbers} Numbers */

const APART = 0.03; // units of the plane between two points of one stroke
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * From the plane, [-reach, reach] in both directions, to a square of CSS pixels.
 *
 * @param {number} reach
 * @param {number} side
 * @returns {Projection}
 */
export const planeProjection = (reach, side) => (x, y) => [
  ((x + reach) * side) / (2 * reach),
  ((reach - y) * side) / (2 * reach),
];

/**
 * The colour of what the discriminator says: 0 generated, 1 real, and transparent between them.
 *
 * @param {number} share
 * @param {readonly string[]} series
 * @returns {number[]} RGBA
 */
export const heatColour = (share, series) => {
  const value = 2 * share - 1;
  return [...rgb(series[value > 0 ? 0 : 1]), 150 * Math.min(1, Math.abs(value))];
};

/**
 * @param {Context} context
 * @param {HTMLCanvasElement} cells of one pixel for each value, enlarged onto the context
 * @param {Numbers} heat R × R values, row by row from below
 * @param {number} side CSS pixels
 * @param {readonly string[]} series
 */
const paintHeat = (context, cells, heat, side, series) => {
  const count = Math.round(Math.sqrt(heat.length));
  if (count < 2) return;
  paintPixels(cells, count, count, (x, y) => heatColour(heat[(count - 1 - y) * count + x], series));
  context.imageSmoothingEnabled = true;
  context.drawImage(cells, 0, 0, side, side);
};

/** @param {Context} context @param {Numbers} mesh M × M places @param {Projection} place @param {string} colour */
const paintMesh = (context, mesh, place, colour) => {
  const rows = Math.round(Math.sqrt(mesh.length / 2));
  const line = (/** @type {number} */ from, /** @type {number} */ by) => {
    for (let i = 0; i < rows; i++) {
      const at = 2 * (from + i * by);
      const [x, y] = place(mesh[at], mesh[at + 1]);
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
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

/** @param {Context} context @param {Numbers} arrows x, y, dx, dy of each @param {Projection} place @param {string} colour */
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
    strokeLine(context, x, y, toX, toY);
    traceLine(context, [
      [toX, toY],
      [toX - head * (alongX + 0.5 * alongY), toY - head * (alongY - 0.5 * alongX)],
      [toX - head * (alongX - 0.5 * alongY), toY - head * (alongY + 0.5 * alongX)],
    ]);
    context.fill();
  }
};

/** @param {string} colour @param {number} radius CSS pixels @param {string} rim its colour */
const makeDot = (colour, radius, rim) => {
  const ratio = pixelRatio();
  const side = Math.ceil(ratio * 2 * (radius + 1.5));
  const canvas = make("canvas", "", null, { width: side, height: side });
  const context = /** @type {Context} */ (canvas.getContext("2d", IN_MEMORY));
  for (const [paint, reach] of /** @type {[string, number][]} */ ([
    [rim, radius + 1],
    [colour, radius],
  ])) {
    context.fillStyle = paint;
    traceCircle(context, side / 2, side / 2, ratio * reach);
    context.fill();
  }
  return { canvas, wide: side / ratio, radius, rim };
};

/** @param {Context} context @param {Numbers} places @param {Projection} place @param {ReturnType<typeof makeDot>} dot */
const paintDots = (context, places, place, { canvas, wide }) => {
  for (let i = 0; i + 1 < places.length; i += 2) {
    const [x, y] = place(places[i], places[i + 1]);
    context.drawImage(canvas, x - wide / 2, y - wide / 2, wide, wide);
  }
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { element, props, trigger, root, options, word, palette, isVisible } = widget;
  const { size, reach, limit } = options;

  const stage = make("div", "nl-field", root);
  const canvas = make("canvas", "nl-plot", stage, { tabindex: 0, role: "img" });
  const hint = make("span", "nl-hint", stage, { "aria-hidden": true });
  const cross = make("i", "nl-cross", stage, { "aria-hidden": true });
  const chips = make("div", "nl-chips", root, { role: "group" });
  const row = make("div", "nl-controls", root);
  const undoButton = makeButton("nl-text-button", row, () => undo());
  const clearButton = makeButton("nl-text-button", row, () => clear());
  const left = make("span", "nl-caption", row, { "aria-live": "polite" });
  stage.style.maxWidth = `${size}px`;
  canvas.dataset.frames = "0";

  /** @type {Record<string, boolean>} */
  const shown = { heat: true, mesh: true, arrows: true, real: true, fake: true };
  const shades = make("canvas", "");
  /** @type {number[][][]} the visitor's own points, by stroke */
  let strokes = [];
  /** @type {number[][] | null} */
  let current = null;
  let pen = [0, 0];
  let touched = false; // whether anything was drawn; until then Python's points are shown
  /** @type {Record<string, any>} */
  let picture = {};
  /** @type {import("./packing.js").Numbers} the real points, of Python or of the picture, whichever came last */
  let real = [];
  /** @type {any} the game whose pictures are asked for */
  let asking = null;
  /** @type {number | null} */
  let drawnStep = null;
  let colours = palette();
  /** @type {boolean | null} whether the words and chips were last written on a dark page */
  let said = null;

  const drawing = () => Boolean((props.drawing || {}).on);
  const placed = () => strokes.flat();
  const buttons = Object.keys(shown).map((name) => {
    const chip = makeButton("nl-chip", chips, () => {
      shown[name] = !shown[name];
      askAll();
    });
    const dot = make("i", "", chip);
    const title = make("span", "", chip);
    return { name, chip, dot, title };
  });

  // A dot is painted once and copied: hundreds of circles in one path take ten times as long.
  /** @type {Record<string, ReturnType<typeof makeDot>>} */
  const dotsMade = {};
  const dot = (/** @type {string} */ colour, /** @type {number} */ radius) => {
    const made = dotsMade[colour];
    if (made?.radius === radius && made.rim === colours.back) return made;
    return (dotsMade[colour] = makeDot(colour, radius, colours.back));
  };

  const draw = () => {
    if (said !== isDark()) say();
    const side = Math.min(size, stage.clientWidth);
    const context = fitCanvas(canvas, side, side, { settings: IN_MEMORY });
    const place = planeProjection(reach, side);
    const { step = null, fake, heat, mesh, arrows } = picture;
    const targets = drawing() && touched ? placed().flat() : real;
    const radius = Math.max(1.6, side / 240);
    if (shown.heat) paintHeat(context, shades, numbers(heat), side, colours.series);
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
    if (shown.real) paintDots(context, targets, place, dot(colours.series[0], radius));
    if (shown.fake) paintDots(context, numbers(fake), place, dot(colours.series[1], radius));
    if (shown.arrows) paintArrows(context, numbers(arrows), place, colours.text);
    if (step !== drawnStep) {
      drawnStep = step;
      canvas.dataset.step = step;
      canvas.dataset.frames = String(Number(canvas.dataset.frames) + 1);
    }
    hint.hidden = drawing() ? strokes.length > 0 : targets.length > 0 || step !== null;
    const [x, y] = place(pen[0], pen[1]);
    cross.style.transform = `translate(${x}px, ${y}px)`;
  };

  // All but the canvas: it changes seldom, and costs more than the canvas does.
  const say = () => {
    said = isDark();
    colours = palette();
    /** @type {Record<string, string>} */
    const dots = {
      heat: "",
      mesh: colours.soft,
      arrows: colours.text,
      real: colours.series[0],
      fake: colours.series[1],
    };
    for (const { name, chip, dot, title } of buttons) {
      setPressed(chip, shown[name]);
      dot.style.setProperty("--nl-colour", dots[name]);
      if (!dots[name])
        dot.style.background = `linear-gradient(90deg, ${colours.series[1]}, ${colours.series[0]})`;
      title.textContent = word(name);
    }
    const count = placed().length;
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
  const ask = widget.painter(draw);
  const askAll = () => {
    said = null;
    ask();
  };

  const send = throttled(() => {
    const points = placed().map((point) => point.map((value) => value.toFixed(3)).join(","));
    props.value = points.join(" "); // a handler that waits for its turn reads the newest
    trigger("drawn", {});
  }, 250);
  const changed = () => {
    touched = true;
    askAll();
    send();
  };
  const add = (/** @type {number} */ x, /** @type {number} */ y) => {
    if (!current) return;
    const last = current.at(-1);
    if (last && Math.hypot(last[0] - x, last[1] - y) < APART) return;
    if (Math.abs(x) > 1 || Math.abs(y) > 1 || placed().length >= limit) return;
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

  /** @returns {[number, number]} */
  const where = (/** @type {PointerEvent} */ event) => {
    const bounds = canvas.getBoundingClientRect();
    const share = (2 * reach) / bounds.width;
    return [
      (event.clientX - bounds.left) * share - reach,
      reach - (event.clientY - bounds.top) * share,
    ];
  };
  onStroke(canvas, {
    begin: (event) => {
      if (current || !drawing()) return false;
      stage.classList.remove("nl-keys");
      strokes.push((current = []));
      add(...where(event));
      return true;
    },
    pass: (event) => {
      if (current) add(...where(event));
    },
    end: () => {
      if (current && !current.length) strokes.pop();
      current = null;
    },
  });
  canvas.addEventListener("keydown", (event) => {
    if (!drawing() || hasModifier(event)) return;
    if (event.key in ARROWS) {
      const by = event.shiftKey ? 0.01 : 0.05;
      pen = pen.map((value, axis) => clamp(value + by * ARROWS[event.key][axis], -1, 1));
    } else if (event.key === " ") {
      strokes.push((current = []));
      add(pen[0], pen[1]);
      current = null;
    } else if (event.key === "Backspace") undo();
    else if (event.key === "Delete") clear();
    else return;
    event.preventDefault();
    stage.classList.add("nl-keys");
    ask();
  });
  canvas.addEventListener("blur", () => stage.classList.remove("nl-keys"));

  const show = (/** @type {Record<string, any>} */ given) => {
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
  const pause = (/** @type {number} */ milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const follow = async () => {
    const { who, game } = props.follow || {};
    if (game === asking) return;
    asking = game ?? null;
    if (!game) return;
    /** @type {number | null} */
    let since = null;
    while (element.isConnected && asking === game) {
      if (!isVisible()) {
        await pause(500);
        continue;
      }
      /** @type {Record<string, any>} */
      const next = await widget.server.pictures([who, since]).catch(() => ({ over: true }));
      if (asking !== game || next.over) break;
      if (next.step === undefined) continue;
      since = next.step;
      show(next);
      await drawn();
    }
    if (asking === game) asking = null;
  };

  widget.whenComplete(() => {
    targeted();
    pictured();
    askAll();
    follow();
  });
  widget.onChange({ real: targeted, picture: pictured, drawing: askAll, words: askAll, follow });
};
