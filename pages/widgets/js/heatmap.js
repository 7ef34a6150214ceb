// @ts-check
/**
 * Values over pole angle × angular velocity, see heatmap.py. The cells are painted on one canvas when
 * they change; the dot and its trail on another, at each frame.
 */

import { fitCanvas, paintPixels, strokeLine, traceCircle } from "./canvas.js";
import { accentScale, css, divergingScale, signedRoot } from "./colour.js";
import { make } from "./dom.js";
import { clamp, short } from "./format.js";
import { numbers } from "./packing.js";

const TRAIL = 90; // states
const RAD = Math.PI / 180;
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const inside = (/** @type {number} */ at) => clamp(at, -0.99, 0.99);

/**
 * The colours of a map: signed values on the diverging scale, others from their least to their
 * greatest.
 *
 * @param {import("./packing.js").Numbers} values
 * @param {boolean} signed
 * @param {{diverging: string[], accent: string}} colours
 * @returns {{ends: [number, number], colourOf: (value: number) => import("./colour.js").Rgb}}
 */
export const mapScale = (values, signed, colours) => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (signed) {
    const reach = Math.max(Math.abs(least), Math.abs(most), 1e-9);
    const scale = divergingScale(colours.diverging);
    // The root: near the border between both signs the differences are small and matter most.
    return { ends: [-reach, reach], colourOf: (value) => scale(signedRoot(value / reach)) };
  }
  const scale = accentScale(colours);
  const span = Math.max(most - least, 1e-9);
  return { ends: [least, most], colourOf: (value) => scale((value - least) / span) };
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { element, props, trigger, root, options, word, palette, painter, onChange, whenComplete } =
    widget;
  const { follows, size, angle, spin } = options;

  root.style.maxWidth = `${size}px`;
  const upper = make("div", "nl-caption", root);
  const stage = make("div", "nl-field", root);
  const cells = make("canvas", "nl-cells", stage, { "aria-hidden": true });
  const over = make("canvas", "nl-plot", stage, { tabindex: 0, role: "application" });
  const lower = make("div", "nl-caption nl-heat-x", root);
  const legend = make("div", "nl-heat-legend", root);
  const [low, scale, high] = [
    make("span", "", legend),
    make("i", "", legend),
    make("span", "", legend),
  ];

  /** @type {number[][]} */
  let trail = [];
  let pen = [0, 0]; // where the arrow keys point, each from -1 to 1
  let keyed = false;
  let colours = palette();
  over.dataset.frames = "0";

  const paintCells = () => {
    const { values: given, signed, named } = props.map || {};
    const values = numbers(given);
    const side = Math.round(Math.sqrt(values.length));
    colours = palette();
    root.classList.toggle("nl-none", side < 2);
    upper.textContent = word("y");
    lower.textContent = word("x");
    over.setAttribute("aria-label", word(side < 2 ? "empty" : "label"));
    stage.dataset.empty = side < 2 ? word("empty") : "";
    legend.classList.toggle("nl-away", side < 2);
    if (side < 2) return;
    const { ends, colourOf } = mapScale(values, Boolean(signed), colours);
    paintPixels(cells, side, side, (x, y) => colourOf(values[(side - 1 - y) * side + x]));
    const shown = ends.map((value) => (named ? "" : short(value)));
    low.textContent = `${word(signed ? "low" : "least")} ${shown[0]}`;
    high.textContent = `${word(signed ? "high" : "most")} ${shown[1]}`;
    const steps = named ? [0, 0, 1, 1] : Array.from({ length: 9 }, (_, i) => i / 8);
    const stops = steps.map((share, i) => {
      const colour = css(colourOf(ends[0] + share * (ends[1] - ends[0])));
      return named ? `${colour} ${[0, 50, 50, 100][i]}%` : colour;
    });
    scale.style.background = `linear-gradient(90deg, ${stops.join()})`;
  };

  const paintDot = () => {
    const side = stage.clientWidth;
    const context = fitCanvas(over, side, side);
    const place = (/** @type {number[]} */ [x, y]) =>
      [(side * (1 + x)) / 2, (side * (1 - y)) / 2].map((at) => clamp(at, 4, side - 4));
    context.strokeStyle = colours.text;
    context.lineWidth = 1;
    context.globalAlpha = 0.25;
    if (!root.classList.contains("nl-none")) {
      strokeLine(context, side / 2, 0, side / 2, side);
      strokeLine(context, 0, side / 2, side, side / 2);
    }
    context.lineWidth = 2;
    for (let i = 1; i < trail.length; i++) {
      context.globalAlpha = (0.6 * i) / trail.length;
      strokeLine(context, ...place(trail[i - 1]), ...place(trail[i]));
    }
    context.globalAlpha = 1;
    const dot = (
      /** @type {number[]} */ at,
      /** @type {number} */ radius,
      /** @type {string} */ fill,
    ) => {
      const [x, y] = place(at);
      traceCircle(context, x, y, radius);
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
    over.dataset.frames = String(Number(over.dataset.frames) + 1);
  };

  const askDot = painter(paintDot);
  const ask = painter(() => {
    paintCells();
    paintDot();
  });

  // Stops listening when the widget is removed from the page.
  const follow = (/** @type {any} a CustomEvent */ event) => {
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
    pen = [(2 * event.offsetX) / side - 1, 1 - (2 * event.offsetY) / side].map(inside);
    pick();
  });
  over.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (way) {
      keyed = true;
      pen = pen.map((at, i) => inside(at + (way[i] * (event.shiftKey ? 1 : 5)) / 100));
      askDot();
    } else if (event.key === "Enter") pick();
    else return;
    event.preventDefault();
  });
  over.addEventListener("blur", () => {
    keyed = false;
    askDot();
  });

  whenComplete(ask);
  onChange({ map: ask, words: ask });
};
