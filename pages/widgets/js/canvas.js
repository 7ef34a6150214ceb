// @ts-check
/** Drawing on a canvas. */

import { bytes } from "./packing.js";

/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {(x: number, y: number) => [number, number]} Projection from a place to CSS pixels */

/** Pixels are kept in the processor's memory: small shapes sent one by one to a graphics card, above
 * all to an emulated one, cost more. */
export const IN_MEMORY = { willReadFrequently: true };

/** Pixels of the screen in a CSS pixel, as many as are drawn. */
export const pixelRatio = (most = 2) => Math.min(most, window.devicePixelRatio || 1);

/**
 * A cleared context in CSS pixels. The canvas gets the size given here, if it has another.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height CSS pixels
 * @param {object} [options]
 * @param {number} [options.ratio]
 * @param {CanvasRenderingContext2DSettings} [options.settings]
 * @returns {Context}
 */
export const fitCanvas = (canvas, width, height, { ratio = pixelRatio(), settings } = {}) => {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = /** @type {Context} */ (canvas.getContext("2d", settings));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
};

/** Give a canvas its size on the page. @param {HTMLCanvasElement} canvas */
export const styleSize = (canvas, /** @type {number} */ width, /** @type {number} */ height) => {
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
};

/**
 * Fill a canvas pixel by pixel.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} columns
 * @param {number} rows
 * @param {(column: number, row: number) => readonly number[]} colourAt RGB or RGBA; row 0 is the uppermost
 */
export const paintPixels = (canvas, columns, rows, colourAt) => {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const image = new ImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [red, green, blue, opacity = 255] = colourAt(column, row);
      image.data.set([red, green, blue, opacity], 4 * (row * columns + column));
    }
  }
  /** @type {Context} */ (canvas.getContext("2d", IN_MEMORY)).putImageData(image, 0, 0);
};

/** The side of MNIST's images. */
export const SIDE = 28;

/**
 * @param {HTMLCanvasElement} canvas of 28 × 28 pixels
 * @param {string} pixels 784 bytes in base64
 * @param {import("./colour.js").Rgb[]} colours of the 256 bytes
 */
export const paintDigit = (canvas, pixels, colours) => {
  const levels = bytes(pixels);
  paintPixels(canvas, SIDE, SIDE, (column, row) => colours[levels[row * SIDE + column]]);
};

/** Trace a line through places, which is to be stroked. @param {Context} context */
export const traceLine = (context, /** @type {readonly (readonly number[])[]} */ places) => {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
};

/** Stroke one line. @param {Context} context */
export const strokeLine = (context, /** @type {readonly number[]} */ ...[x1, y1, x2, y2]) => {
  traceLine(context, [
    [x1, y1],
    [x2, y2],
  ]);
  context.stroke();
};

/** Trace a circle. @param {Context} context */
export const traceCircle = (
  context,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ radius,
) => {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
};
