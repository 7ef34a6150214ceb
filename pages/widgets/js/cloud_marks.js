// @ts-check
/** What is marked in the cloud, drawn on the canvas above it. */

import { numbers } from "./packing.js";

/** @typedef {{x: number, y: number, z?: number}} Point */

/**
 * @typedef {object} Marks see cloud.py
 * @property {{centre: number[], axes: number[][]}} [ellipsoid]
 * @property {Record<"x" | "y" | "z", string | number[]>} [trail]
 * @property {(Point & {name: string})[]} [picked]
 * @property {Partial<Point>} [landed]
 * @property {Partial<Point>} [marker]
 */

/** @param {Partial<Point> | undefined} mark @returns {mark is Point} */
const isSet = (mark) => mark?.x !== undefined && mark.x !== null;

/**
 * The great ellipses of an ellipsoid, one for each two of its half-axes, as closed lines.
 *
 * @param {number[]} centre
 * @param {number[][]} axes
 */
export const greatEllipses = (centre, axes) => {
  const angles = Array.from({ length: 61 }, (_, i) => (i * 2 * Math.PI) / 60);
  return [
    [0, 1],
    [1, 2],
    [2, 0],
  ].map(([one, two]) =>
    angles.map((angle) =>
      centre.map(
        (middle, i) => middle + Math.cos(angle) * axes[one][i] + Math.sin(angle) * axes[two][i],
      ),
    ),
  );
};

/** The corners of a star with five points around a place. */
const star = (/** @type {number} */ x, /** @type {number} */ y) =>
  Array.from({ length: 11 }, (_, i) => {
    const [angle, radius] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 4.6 : 11];
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

const DIAMOND = [
  [0, -10],
  [10, 0],
  [0, 10],
  [-10, 0],
  [0, -10],
];

/**
 * @param {import("./canvas.js").Context} pen
 * @param {Marks} marks
 * @param {object} view
 * @param {(x: number, y: number, z: number) => number[]} view.place from the cloud to CSS pixels
 * @param {import("./widget.js").Palette} view.colours
 * @param {number} view.width CSS pixels of the canvas
 * @param {number} view.followed which point of the trail gets a dot
 * @param {(key: string) => string} view.word
 */
export const drawMarks = (pen, marks, { place, colours, width, followed, word }) => {
  pen.lineJoin = pen.lineCap = "round";
  const at = (/** @type {number[]} */ [x, y, z]) => place(x, y, z);

  /** @param {Path2D} path @param {string} colour @param {number} thick @param {string} [fill] */
  const outlined = (path, colour, thick, fill) => {
    pen.lineWidth = thick + 3;
    pen.strokeStyle = colours.back;
    pen.stroke(path);
    if (fill) {
      pen.fillStyle = fill;
      pen.fill(path);
    }
    pen.lineWidth = thick;
    pen.strokeStyle = colour;
    pen.stroke(path);
  };
  const curve = (/** @type {number[][]} */ places) => {
    const path = new Path2D();
    for (const [x, y] of places) path.lineTo(x, y);
    return path;
  };
  const ring = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ radius) => {
    const path = new Path2D();
    path.arc(x, y, radius, 0, 2 * Math.PI);
    return path;
  };
  /** @param {string} text @param {number} x @param {number} y @param {string} colour */
  const named = (text, x, y, colour) => {
    if (!text) return;
    pen.font = `600 13px ${colours.font}`;
    pen.textBaseline = "middle";
    const left =
      x + 13 + pen.measureText(text).width > width ? x - 13 - pen.measureText(text).width : x + 13;
    pen.lineWidth = 4;
    pen.strokeStyle = colours.back;
    pen.strokeText(text, left, y);
    pen.fillStyle = colour;
    pen.fillText(text, left, y);
  };

  const { ellipsoid, trail, picked, landed, marker } = marks;
  if (ellipsoid && ellipsoid.centre) {
    for (const ellipse of greatEllipses(ellipsoid.centre, ellipsoid.axes)) {
      const great = curve(ellipse.map(at));
      pen.globalAlpha = 0.14;
      pen.fillStyle = colours.accent;
      pen.fill(great);
      pen.globalAlpha = 1;
      pen.lineWidth = 1.5;
      pen.strokeStyle = colours.accent;
      pen.stroke(great);
    }
    const [x, y] = at(ellipsoid.centre);
    named(word("posterior"), x, y, colours.accent);
  }
  const [xs, ys, zs] = [trail?.x, trail?.y, trail?.z].map(numbers);
  if (xs.length) {
    const places = Array.from(xs, (x, i) => place(x, ys[i], zs[i] || 0));
    outlined(curve(places), colours.text, 2.5);
    const [x, y] = places[Math.min(followed, places.length - 1)] || [];
    if (x !== undefined) outlined(ring(x, y, 6), colours.text, 2, colours.accent);
  }
  for (const point of picked || []) {
    const [x, y] = place(point.x, point.y, point.z || 0);
    outlined(ring(x, y, 7), colours.text, 2.5);
    named(point.name, x, y, colours.text);
  }
  if (isSet(landed)) {
    const [x, y] = place(landed.x, landed.y, landed.z || 0);
    outlined(curve(star(x, y)), colours.text, 1.5, "#facc15");
    named(word("landed"), x, y, colours.text);
  }
  if (isSet(marker)) {
    const [x, y] = place(marker.x, marker.y, marker.z || 0);
    const diamond = curve(DIAMOND.map(([a, b]) => [x + a, y + b]));
    outlined(diamond, colours.accent, 3);
    pen.fillStyle = colours.accent;
    pen.fill(ring(x, y, 2.5));
  }
};
