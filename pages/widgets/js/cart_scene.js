// @ts-check
/** The picture of a cart's world: a track with its metres and its ends, carts, poles, forces, shoves. */

import { strokeLine, traceCircle, traceLine } from "./canvas.js";
import { ANGLE, TRACK } from "./cartpole.js";
import { clamp } from "./format.js";

/** @typedef {import("./canvas.js").Context} Context */
/** @typedef {import("./cartpole.js").State} State */
/** @typedef {import("./cartpole.js").World} World */
/** @typedef {import("./widget.js").Palette & {bad: string, pole: string, shove: string}} SceneColours */
/** @typedef {ReturnType<typeof sceneLayout>} Layout */

/**
 * @typedef {object} Cart
 * @property {State} state
 * @property {number[]} forces to the left and to the right, 1 for a full push
 * @property {string} colour
 * @property {boolean} faded
 * @property {string} title
 */

/** @typedef {{pole: boolean, by: number, age: number}} Shove by: signed strength; age: from 0 to 1 */

const REACH = 2.78; // m from the middle to the edge of the picture
const POLE_SHARE = 0.62; // of the height, for the longest pole

/**
 * Scales and places, in CSS pixels.
 *
 * @param {number} width
 * @param {number} height
 * @param {World} world
 */
export const sceneLayout = (width, height, world) => {
  const scale = Math.min(width / (2 * REACH), (POLE_SHARE * height) / (2 * world.half_length));
  const ground = height - Math.max(34, 0.14 * height);
  const unit = clamp(scale / 125, 0.72, 1.25); // the cart's size, which is no length of the world
  return { width, height, scale, ground, unit, middle: width / 2 };
};

/** @param {Context} context @param {Layout} layout @param {SceneColours} colours */
export const drawTrack = (context, layout, colours) => {
  const { width, scale, ground, middle } = layout;
  const at = (/** @type {number} */ metres) => middle + metres * scale;
  context.font = `11px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (let metres = -2; metres <= 2; metres += 0.5) {
    const whole = Number.isInteger(metres);
    const x = Math.round(at(metres)) + 0.5;
    if (whole) {
      context.globalAlpha = colours.dark ? 0.28 : 0.5;
      context.strokeStyle = colours.line;
      context.lineWidth = 1;
      strokeLine(context, x, 14, x, ground - 3);
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.soft;
    context.lineWidth = 1;
    strokeLine(context, x, ground + 3, x, ground + (whole ? 9 : 6));
    if (whole && (scale > 38 || metres % 2 === 0)) {
      context.fillStyle = colours.soft;
      context.fillText(
        metres ? `${metres > 0 ? "+" : "−"}${Math.abs(metres)} m` : "0",
        x,
        ground + 12,
      );
    }
  }
  // Beyond both ends the episode is over.
  for (const side of [-1, 1]) {
    const x = at(side * TRACK);
    const edge = side < 0 ? 0 : width;
    context.globalAlpha = colours.dark ? 0.13 : 0.08;
    context.fillStyle = colours.bad;
    context.fillRect(Math.min(x, edge), 0, Math.abs(edge - x), ground + 2);
    context.globalAlpha = 0.85;
    context.strokeStyle = colours.bad;
    context.lineWidth = 2;
    context.setLineDash([5, 5]);
    strokeLine(context, x, 14, x, ground + 2);
    context.setLineDash([]);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colours.text;
  context.lineWidth = 2;
  context.lineCap = "round";
  strokeLine(context, at(-TRACK), ground + 1, at(TRACK), ground + 1);
};

/** A horizontal arrow. @param {Context} context @param {number[]} tail @param {number} length signed @param {number} thick @param {string} colour */
const drawArrow = (context, [x, y], length, thick, colour) => {
  const head = Math.min(Math.abs(length), 2.2 * thick) * Math.sign(length);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = thick;
  context.lineCap = "round";
  strokeLine(context, x, y, x + length - head, y);
  traceLine(context, [
    [x + length, y],
    [x + length - head, y - 1.3 * thick],
    [x + length - head, y + 1.3 * thick],
  ]);
  context.fill();
};

/** @param {Context} context @param {number[]} middle @param {number} radius @param {number} turned rad @param {SceneColours} colours */
const drawWheel = (context, [x, y], radius, turned, colours) => {
  context.fillStyle = colours.back;
  context.strokeStyle = colours.text;
  context.lineWidth = 2.5;
  traceCircle(context, x, y, radius);
  context.fill();
  context.stroke();
  context.lineWidth = 1.5;
  for (const spoke of [turned, turned + Math.PI / 2]) {
    const [dx, dy] = [Math.cos(spoke) * radius * 0.7, Math.sin(spoke) * radius * 0.7];
    strokeLine(context, x - dx, y - dy, x + dx, y + dy);
  }
};

/**
 * Where a cart's parts are, in CSS pixels.
 *
 * @param {Layout} layout
 * @param {State} state
 * @param {World} world
 */
export const cartParts = ({ scale, ground, unit, middle }, [x, , angle], world) => {
  const [wide, high, radius] = [62 * unit, 24 * unit, 8 * unit];
  const left = middle + x * scale;
  const top = ground - radius * 1.5 - high;
  const length = 2 * world.half_length * scale;
  const tip = [left + Math.sin(angle) * length, top + 4 * unit - Math.cos(angle) * length];
  return { x: left, top, wide, high, radius, pivot: [left, top + 4 * unit], length, tip };
};

/** The angles at which the pole still stands. @param {Context} context @param {ReturnType<typeof cartParts>} parts @param {SceneColours} colours */
const drawWedge = (context, { pivot: [x, y], length }, colours) => {
  context.globalAlpha = colours.dark ? 0.09 : 0.07;
  context.fillStyle = colours.text;
  const up = -Math.PI / 2;
  context.beginPath();
  context.moveTo(x, y);
  context.arc(x, y, length + 10, up - ANGLE, up + ANGLE);
  context.fill();
  context.globalAlpha = 1;
};

/**
 * @param {Context} context
 * @param {Layout} layout
 * @param {Cart} cart
 * @param {World} world
 * @param {SceneColours} colours
 */
export const drawCart = (
  context,
  layout,
  { state, forces, colour, faded, title },
  world,
  colours,
) => {
  const { unit, scale, ground } = layout;
  const body = cartParts(layout, state, world);
  const { x, top, wide, high, radius, pivot, tip } = body;
  context.globalAlpha = faded ? 0.45 : 1;
  if (!faded) drawWedge(context, body, colours);
  context.globalAlpha = (faded ? 0.45 : 1) * (colours.dark ? 0.5 : 0.16);
  context.fillStyle = "#000";
  context.beginPath();
  context.ellipse(x, ground + 3, wide * 0.52, 3.5, 0, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = faded ? 0.45 : 1;
  forces.forEach((force, side) => {
    const out = side ? 1 : -1;
    if (force < 0.05) return;
    const tail = [x + out * (wide / 2 + 8), top + high / 2];
    drawArrow(context, tail, out * force * 44 * unit, 5 * unit, colours.diverging[side ? 2 : 0]);
  });
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x - wide / 2, top, wide, high, 6 * unit);
  context.fill();
  for (const side of [-1, 1]) {
    const middle = [x + side * wide * 0.29, ground - radius];
    drawWheel(context, middle, radius, (state[0] * scale) / radius, colours);
  }
  context.strokeStyle = colours.pole;
  context.lineWidth = Math.max(5, 8 * unit * clamp((world.pole_mass / 0.1) ** 0.25, 0.7, 1.6));
  context.lineCap = "round";
  strokeLine(context, ...pivot, ...tip);
  context.fillStyle = colours.back;
  context.strokeStyle = colours.text;
  context.lineWidth = 2;
  traceCircle(context, pivot[0], pivot[1], 4.2 * unit);
  context.fill();
  context.stroke();
  if (title) {
    context.fillStyle = colour;
    context.font = `600 12px ${colours.font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(title, tip[0], Math.max(16, tip[1] - (faded ? 24 : 8)));
  }
  context.globalAlpha = 1;
};

/**
 * A shove, which fades with its age.
 *
 * @param {Context} context
 * @param {Layout} layout
 * @param {Shove} shove
 * @param {State} state
 * @param {World} world
 * @param {SceneColours} colours
 */
export const drawShove = (context, layout, { pole, by, age }, state, world, colours) => {
  const { unit } = layout;
  const body = cartParts(layout, state, world);
  const side = Math.sign(by);
  const length = side * (26 + 22 * Math.min(2, Math.abs(by))) * unit;
  const [x, y] = pole
    ? [body.tip[0] - side * 10, body.tip[1] + 8]
    : [body.x - side * (body.wide / 2 + 6), body.top + body.high / 2];
  context.globalAlpha = (1 - age) ** 1.5;
  drawArrow(context, [x - length - side * 16 * (1 - age), y], length, 9 * unit, colours.shove);
  context.strokeStyle = colours.shove;
  context.lineWidth = 2.5 * (1 - age);
  traceCircle(context, x, y, 6 + 26 * age);
  context.stroke();
  context.globalAlpha = 1;
};
