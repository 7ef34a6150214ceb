// @ts-check
/** The camera of plotly's three-dimensional scenes. */

import { clamp } from "./format.js";

/** @typedef {{x: number, y: number, z: number}} Vector */
/** @typedef {{up: Vector, center: Vector, eye: Vector}} Camera */
/** @typedef {ArrayLike<number>} Matrix 4 × 4, column by column, as WebGL takes it */

/** @type {Camera} */
export const HOME = {
  up: { x: 0, y: 0, z: 1 },
  center: { x: 0, y: 0, z: -0.1 },
  eye: { x: 1.35, y: 1.35, z: 0.85 },
};
/** @type {Camera} of a flat cloud */
export const ABOVE = {
  up: { x: 0, y: 1, z: 0 },
  center: { x: 0, y: 0, z: 0 },
  eye: { x: 0, y: 0, z: 2.05 },
};

/** @param {Matrix} m @param {number[]} v @returns {number[]} */
const multiply = (m, v) =>
  [0, 1, 2, 3].map(
    (row) => m[row] * v[0] + m[4 + row] * v[1] + m[8 + row] * v[2] + m[12 + row] * v[3],
  );

/**
 * A function from a place of the scene to [left, top, depth]: CSS pixels, and a depth that grows
 * away from the eye.
 *
 * @param {{model: Matrix, view: Matrix, projection: Matrix}} matrices
 * @param {number[]} dataScale what plotly multiplies each axis by
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @returns {(x: number, y: number, z: number) => [number, number, number]}
 */
export const projection = (matrices, dataScale, width, height) => {
  const unit = (/** @type {number} */ column) => [0, 1, 2, 3].map((row) => Number(row === column));
  const matrix = [0, 1, 2, 3].flatMap((column) =>
    multiply(matrices.projection, multiply(matrices.view, multiply(matrices.model, unit(column)))),
  );
  return (x, y, z) => {
    const [a, b, , d] = multiply(matrix, [x * dataScale[0], y * dataScale[1], z * dataScale[2], 1]);
    return [((1 + a / d) * width) / 2, ((1 - b / d) * height) / 2, d];
  };
};

/**
 * A camera turned around its centre, in radians. One that looks from above turns its upward
 * direction instead.
 *
 * @param {Camera} camera
 * @param {number} sideways
 * @param {number} upwards
 * @returns {Camera}
 */
export const turned = (camera, sideways, upwards) => {
  const {
    up,
    eye: { x, y, z },
  } = camera;
  if (Math.abs(up.z) < 0.9) {
    const angle = Math.atan2(up.y, up.x) + sideways;
    return { ...camera, up: { x: Math.cos(angle), y: Math.sin(angle), z: 0 } };
  }
  const far = Math.hypot(x, y, z);
  const around = Math.atan2(y, x) + sideways;
  const high = clamp(Math.asin(z / far) + upwards, -1.5, 1.5);
  const flat = far * Math.cos(high);
  return {
    ...camera,
    eye: { x: flat * Math.cos(around), y: flat * Math.sin(around), z: far * Math.sin(high) },
  };
};
