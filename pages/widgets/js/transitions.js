// @ts-check
/** Transitions of a replay buffer as small drawings, see transitions.py. */

import { make, makeButton, svg } from "./dom.js";
import { clamp, fixed } from "./format.js";

const [WIDE, HIGH, GROUND, TRACK] = [132, 78, 62, 2.4];

/** @param {Element} parent */
const line = (
  parent,
  /** @type {number[]} */ [x1, y1, x2, y2],
  /** @type {string} */ colour,
  /** @type {number} */ width,
) =>
  svg("line", parent, {
    x1,
    y1,
    x2,
    y2,
    stroke: colour,
    "stroke-width": width,
    "stroke-linecap": "round",
  });

/**
 * @typedef {object} Transition
 * @property {[number, number, number, number]} state x, ẋ, θ, θ̇ in m, m/s, rad, rad/s
 * @property {0 | 1} action to the left or to the right
 * @property {number} target
 * @property {number} error
 * @property {"" | "terminated" | "off" | "truncated"} end
 * @property {boolean} [selected]
 */

/**
 * The cart at its place, the pole at its angle, the force as an arrow, the velocity as a line below.
 *
 * @param {Element} parent
 * @param {Transition} transition
 * @param {import("./widget.js").Palette} colours
 */
const picture = (parent, { state: [x, velocity, angle], action }, colours) => {
  const drawing = svg("svg", parent, { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
  const at = (/** @type {number} */ metres) => WIDE / 2 + (metres / TRACK) * (WIDE / 2 - 12);
  line(drawing, [at(-TRACK), GROUND + 6, at(TRACK), GROUND + 6], colours.line, 2);
  for (const end of [-TRACK, TRACK])
    line(drawing, [at(end), GROUND + 1, at(end), GROUND + 11], colours.soft, 1.5);
  const place = at(clamp(x, -TRACK, TRACK));
  const trail = clamp(velocity * 10, -24, 24);
  line(drawing, [place, GROUND + 12, place + trail, GROUND + 12], colours.soft, 2);
  svg("rect", drawing, {
    x: place - 12,
    y: GROUND - 7,
    width: 24,
    height: 12,
    rx: 3,
    fill: colours.soft,
  });
  const top = [place + 48 * Math.sin(angle), GROUND - 5 - 48 * Math.cos(angle)];
  line(drawing, [place, GROUND - 5, ...top], colours.series[1], 4);
  const side = action ? 1 : -1;
  const push = colours.diverging[action ? 2 : 0];
  const tip = place + side * 32;
  line(drawing, [place + side * 15, GROUND - 1, tip, GROUND - 1], push, 3);
  svg("path", drawing, {
    d: `M${tip + side * 6} ${GROUND - 1} l${-side * 8} -5 v10 z`,
    fill: push,
  });
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, palette, drawValue, setEmpty } = widget;
  const draw = () => {
    const { cards = [], widest = 1 } = props.value || {};
    const colours = palette();
    root.setAttribute("aria-label", word("label"));
    setEmpty(!cards.length);
    const focused = root.contains(document.activeElement)
      ? [...root.children].indexOf(/** @type {Element} */ (document.activeElement))
      : -1;
    root.replaceChildren();
    cards.forEach((/** @type {Transition} */ card, /** @type {number} */ index) => {
      const tile = makeButton("nl-transition", root, () => trigger("picked", { index }), {
        "data-index": index,
      });
      tile.classList.toggle("nl-selected", Boolean(card.selected));
      picture(tile, card, colours);
      const end = card.end ? word(card.end) : "";
      make("span", "nl-end", tile).textContent = end;
      make("span", "nl-numbers", tile).textContent =
        `${word("target")} ${fixed(card.target, 1)} · ${word("error")} ${fixed(card.error, 1, "+")}`;
      const bar = make("i", "nl-error", make("span", "nl-scale", tile));
      const share = Math.min(1, Math.abs(card.error) / widest) / 2;
      bar.style.width = `${100 * share}%`;
      bar.style.left = card.error < 0 ? `${50 - 100 * share}%` : "50%";
      bar.style.background = colours.diverging[card.error < 0 ? 0 : 2];
      const spoken = [word(card.action ? "right" : "left"), end, tile.textContent.trim()].filter(
        Boolean,
      );
      tile.setAttribute("aria-label", spoken.join(", "));
    });
    if (focused >= 0) /** @type {HTMLElement} */ (root.children[focused])?.focus();
  };

  drawValue(draw);
};
