// @ts-check
/** Data as Python packs them, see `pages.widgets.pack`. */

/** @typedef {number[] | Float32Array} Numbers */

/** @param {string} text base64 */
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/**
 * Numbers from a list, or from base64 of little-endian float32; none from nothing.
 *
 * @param {string | Numbers | null} [given]
 * @returns {Numbers}
 */
export const numbers = (given) =>
  typeof given === "string" ? new Float32Array(bytes(given).buffer) : given || [];

/** Numbers in groups of equal size. @param {Numbers} flat @param {number} size @returns {number[][]} */
export const groups = (flat, size) =>
  Array.from({ length: Math.floor(flat.length / size) }, (_, i) =>
    Array.from(flat.slice(size * i, size * (i + 1))),
  );
