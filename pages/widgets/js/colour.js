// @ts-check
/** Colours as [red, green, blue] from 0 to 255. */

/** @typedef {[number, number, number]} Rgb */

/** @param {string} hex such as "#4f46e5" @returns {Rgb} */
export const rgb = (hex) =>
  /** @type {Rgb} */ ([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** The colour at a share of the way from one to another. @returns {Rgb} */
export const mix = (/** @type {Rgb} */ from, /** @type {Rgb} */ to, /** @type {number} */ share) =>
  /** @type {Rgb} */ (from.map((value, i) => Math.round(value + (to[i] - value) * share)));

/** @param {Rgb} colour */
export const css = (colour) => `rgb(${colour.join()})`;

/**
 * A scale for signed values: its middle colour for 0, its ends for -1 and 1 and beyond.
 *
 * @param {readonly string[]} diverging three hex colours: below zero, zero, above zero
 * @returns {(share: number) => Rgb}
 */
export const divergingScale = (diverging) => {
  const [low, middle, high] = diverging.map(rgb);
  return (share) => mix(middle, share < 0 ? low : high, Math.min(1, Math.abs(share)));
};

/**
 * A scale for values from 0 to 1: the middle of the diverging colours to the accent.
 *
 * @param {{diverging: readonly string[], accent: string}} colours
 * @returns {(share: number) => Rgb}
 */
export const accentScale = ({ diverging, accent }) => {
  const [none, full] = [rgb(diverging[1]), rgb(accent)];
  return (share) => mix(none, full, share);
};

/** The square root, with the sign kept: small values stay visible beside large ones. */
export const signedRoot = (/** @type {number} */ value) =>
  Math.sign(value) * Math.sqrt(Math.abs(value));

/**
 * The 256 colours of a picture's bytes: greys, or a diverging scale whose zero is 128.
 *
 * @param {"grey" | "signed"} scale
 * @param {readonly string[]} diverging
 * @returns {Rgb[]}
 */
export const byteColours = (scale, diverging) => {
  const signed = divergingScale(diverging);
  return Array.from({ length: 256 }, (_, level) =>
    scale === "signed" ? signed((level - 128) / 127) : [level, level, level],
  );
};
