// @ts-check
/** Beside the cart: the agent's Q values, the state, the actions so far, and the return. */

import { fitCanvas } from "./canvas.js";
import { STEPS, TRACK } from "./cartpole.js";
import { make } from "./dom.js";
import { clamp, fixed } from "./format.js";

const ROWS = [
  { key: "place", unit: "m", limit: TRACK, factor: 1, digits: 2, ends: true },
  { key: "velocity", unit: "m/s", limit: 3, factor: 1, digits: 2 },
  { key: "tilt", unit: "°", limit: 12, factor: 180 / Math.PI, digits: 1, ends: true },
  { key: "spin", unit: "°/s", limit: 172, factor: 180 / Math.PI, digits: 0 },
];
const PAST = 150; // steps in the strip of actions

/**
 * @typedef {object} Reading
 * @property {string} title whose figures they are, or ""
 * @property {import("./cartpole.js").State} state
 * @property {number[] | null} q of both actions; null where no agent was asked
 * @property {number | null} v V(s)
 * @property {number | null} action the last that was chosen
 * @property {() => number[]} actions all so far
 * @property {number} steps
 * @property {number} limit
 * @property {boolean} hasAgent
 * @property {import("./widget.js").Palette} colours
 * @property {number} now milliseconds
 * @property {boolean} moving
 */

/**
 * @param {HTMLElement} parent
 * @param {(key: string) => string} word
 */
export const createGauges = (parent, word) => {
  const node = make("div", "nl-gauges", parent);
  const returned = make("div", "nl-return", node);
  const returnName = make("span", "nl-caption", returned);
  const returnValue = make("b", "", returned);
  const returnTrack = make("div", "nl-meter", node);
  const returnBar = make("i", "", returnTrack);

  const thoughts = make("div", "nl-thoughts", node);
  const sides = [0, 1].map((action) => {
    const side = make("div", "nl-thought", thoughts);
    return { action, side, name: make("span", "", side), value: make("b", "", side) };
  });
  const leanTrack = make("div", "nl-lean", thoughts);
  const lean = make("i", "", leanTrack);
  const leanName = make("span", "nl-caption", thoughts);
  const apart = make("div", "nl-apart", thoughts); // V(s) and A(s, a), of a dueling network
  const streams = ["state_value", "a_left", "a_right"].map((key) => {
    const name = make("span", "nl-caption", apart);
    const rail = make("div", key === "state_value" ? "nl-stream" : "nl-stream nl-lean", apart);
    return { key, name, bar: make("i", "", rail), value: make("b", "", apart) };
  });
  const sum = make("span", "nl-caption", apart);
  apart.hidden = true;
  const strip = make("canvas", "nl-strip-line", node, { role: "img" });

  const rows = ROWS.map((row) => {
    const line = make("div", "nl-state", node);
    const name = make("span", "", line);
    const value = make("b", "", line);
    const rail = make("div", `nl-rail${row.ends ? " nl-ends" : ""}`, line);
    const dot = make("i", "", rail);
    const limits = make("span", "nl-caption", line);
    limits.textContent = row.ends ? `±${row.limit} ${row.unit}` : row.unit;
    return { ...row, name, value, dot };
  });

  let widest = 0.5; // the largest difference of Q seen of late, a full bar
  let highest = 1; // the largest V(s) seen
  let written = 0;

  const say = () => {
    leanName.textContent = word("lean");
    sides.forEach(({ name, action }) => (name.textContent = word(action ? "q_right" : "q_left")));
    for (const { key, name } of [...rows, ...streams]) name.textContent = word(key);
    sum.textContent = word("sum");
    strip.setAttribute("aria-label", word("actions"));
    returnTrack.title = word("return_note");
    written = 0;
  };

  /** @param {number[]} actions @param {import("./widget.js").Palette} colours */
  const paintStrip = (actions, colours) => {
    const [width, height] = [strip.clientWidth, strip.clientHeight];
    const context = fitCanvas(strip, width, height);
    context.globalAlpha = 0.5;
    context.fillStyle = colours.line;
    context.fillRect(0, height / 2 - 0.5, width, 1);
    context.globalAlpha = 1;
    const wide = width / PAST;
    const shown = actions.slice(-PAST);
    for (const action of [0, 1]) {
      context.fillStyle = colours.diverging[action ? 2 : 0];
      shown.forEach((each, at) => {
        if (each !== action) return;
        context.fillRect(
          width - (shown.length - at) * wide,
          action ? 1 : height / 2 + 1,
          Math.max(1, wide - 0.4),
          height / 2 - 2,
        );
      });
    }
  };

  /** @param {Reading} reading */
  const show = ({
    title,
    state,
    q,
    v,
    action,
    actions,
    steps,
    limit,
    hasAgent,
    colours,
    now,
    moving,
  }) => {
    thoughts.hidden = !hasAgent;
    rows.forEach(({ dot, limit, factor }, at) => {
      const share = clamp((state[at] * factor) / limit, -1, 1);
      dot.style.left = `${50 + 50 * share}%`;
      dot.classList.toggle("nl-close", Math.abs(share) > 0.8);
    });
    returnBar.style.transform = `scaleX(${Math.min(1, steps / STEPS)})`;
    // Figures that change at every frame cannot be read.
    if (moving && now - written < 90) return;
    written = now;
    if (q) {
      const difference = q[1] - q[0];
      widest = Math.max(0.5, Math.abs(difference), widest * 0.998);
      lean.style.transform = `scaleX(${difference / widest})`;
      lean.style.background = colours.diverging[difference < 0 ? 0 : 2];
    }
    const parts = q && v !== null ? [v, q[0] - v, q[1] - v] : null;
    apart.hidden = !parts;
    if (parts) {
      highest = Math.max(highest, Math.abs(parts[0]));
      streams.forEach(({ bar }, at) => {
        bar.style.transform = `scaleX(${parts[at] / (at ? widest / 2 : highest)})`;
        bar.style.background = at ? colours.diverging[at === 1 ? 0 : 2] : colours.accent;
      });
    }
    returnName.textContent = [title, word("return")].filter(Boolean).join(" · ");
    returnValue.textContent = limit ? `${steps} / ${limit}` : String(steps);
    node.dataset.action = String(action ?? "");
    sides.forEach(({ side, value, action: own }) => {
      side.style.setProperty("--nl-colour", colours.diverging[own ? 2 : 0]);
      side.classList.toggle("nl-chosen", own === action);
      value.textContent = q ? fixed(q[own], 2) : "–";
    });
    streams.forEach(
      ({ value }, at) => parts && (value.textContent = fixed(parts[at], 2, at ? "+" : "")),
    );
    rows.forEach(
      ({ value, factor, digits }, at) =>
        (value.textContent = fixed(state[at] * factor, digits, "+")),
    );
    paintStrip(actions(), colours);
  };
  return { say, show };
};
