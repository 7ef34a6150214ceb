// @ts-check
/** Numbers as text, with the sign − rather than a hyphen. */

/** @param {number} value @param {number} digits after the point @param {string} [plus] */
export const fixed = (value, digits, plus = "") => {
  const size = Math.abs(value).toFixed(digits);
  if (Number(size) === 0) return size;
  return (value < 0 ? "−" : plus) + size;
};

/** A number with two digits after the point, or one where it has several before it. */
export const short = (/** @type {number} */ value) => fixed(value, Math.abs(value) < 10 ? 2 : 1);

/** A share as a percentage, with one digit after the point below 10 %. */
export const percent = (/** @type {number} */ share) =>
  `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** @param {number} value @param {number} least @param {number} most */
export const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
