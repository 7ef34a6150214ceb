// @ts-check
/** The controls of a cart, by mouse, keys and touch. Keys belong to the canvas: the page keeps its own. */

import { hasModifier, label, make, makeButton, setPressed } from "./dom.js";

/**
 * @typedef {object} Actions what the controls call
 * @property {(pole: boolean, side: number) => void} shove
 * @property {() => void} toggle hold or go on
 * @property {() => void} again begin a new episode
 * @property {() => void} onceMore the same, if the visitor's own is over
 * @property {() => void} once one step
 * @property {(side: string, pressed: boolean) => void} press a key or thumb pad that drives
 * @property {(x: number, y: number) => void} poke the canvas, in CSS pixels
 * @property {(value: number) => void} strength
 * @property {(name: string) => void} pace
 * @property {(name: string) => void} choose a mode
 */

/** @type {Record<string, string>} */
const SIDES = { ArrowLeft: "left", ArrowRight: "right", a: "left", d: "right" };
/** @type {Record<string, "toggle" | "once" | "again">} */
const KEYS = { " ": "toggle", ".": "once", n: "again" };
const sideOf = (/** @type {KeyboardEvent} */ { key }) => SIDES[key] || SIDES[key.toLowerCase()];

/**
 * @param {object} parts
 * @param {HTMLElement} parts.bar
 * @param {HTMLElement} parts.stage
 * @param {HTMLCanvasElement} parts.canvas
 * @param {string[]} parts.modes
 * @param {string[]} parts.paces
 * @param {Actions} parts.actions
 * @param {(key: string) => string} parts.word
 */
export const createControls = ({ bar, stage, canvas, modes, paces, actions, word }) => {
  const chips = (/** @type {string[]} */ names, /** @type {(name: string) => void} */ call) => {
    const group = make("div", "nl-chips", bar, { role: "group" });
    return names.map((name) => {
      const chip = makeButton("nl-chip", group, () => call(name));
      return { name, chip };
    });
  };
  const games = modes.length > 1 ? chips(modes, actions.choose) : [];
  const tempos = chips(paces, actions.pace);

  const row = make("div", "nl-controls nl-cart-row");
  stage.after(row);
  const run = make("div", "nl-controls", row);
  const button = makeButton("nl-button", run, actions.toggle);
  const small = /** @type {const} */ (["once", "again"]).map((name) => {
    const node = makeButton("nl-text-button", run, actions[name]);
    return { name, node };
  });

  const shoving = make("div", "nl-controls nl-shoves", row, { role: "group" });
  const pairs = ["cart", "pole"].map((what) => {
    const pair = make("div", "nl-pair", shoving);
    const sides = [-1, 1].map((side) => {
      const shove = () => actions.shove(what === "pole", side);
      const node = makeButton("nl-text-button", null, shove);
      node.textContent = side < 0 ? "←" : "→";
      return { side, node };
    });
    const title = make("span", "");
    pair.append(sides[0].node, title, sides[1].node);
    return { what, title, sides };
  });
  const strong = make("label", "nl-strength", shoving);
  const strongName = make("span", "nl-caption", strong);
  const strength = make("input", "nl-scrub", strong, {
    type: "range",
    min: 0.1,
    max: 2,
    step: 0.1,
    value: 0.6,
  });
  strength.addEventListener("input", () => actions.strength(Number(strength.value)));

  const thumbs = make("div", "nl-thumbs", null);
  stage.after(thumbs);
  const pads = ["left", "right"].map((side) => {
    const node = makeButton("nl-thumb-pad", thumbs, null, { tabindex: -1 });
    node.textContent = side === "left" ? "←" : "→";
    const press = (/** @type {boolean} */ down) => (/** @type {Event} */ event) => {
      event.preventDefault();
      node.classList.toggle("nl-down", down);
      if (down) actions.onceMore();
      actions.press(side, down);
    };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      press(true)(event);
    });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, press(false));
    node.addEventListener("contextmenu", (event) => event.preventDefault());
    return { side, node };
  });

  canvas.addEventListener("keydown", (event) => {
    if (hasModifier(event)) return;
    const side = sideOf(event);
    const tempo = paces["1234".indexOf(event.key)];
    if (side) {
      if (!event.repeat) {
        actions.onceMore();
        actions.press(side, true);
        actions.shove(event.shiftKey, side === "left" ? -1 : 1);
      }
    } else if (KEYS[event.key]) actions[KEYS[event.key]]();
    else if (tempo) actions.pace(tempo);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("keyup", (event) => {
    const side = sideOf(event);
    if (side) actions.press(side, false);
  });
  canvas.addEventListener("blur", () =>
    ["left", "right"].forEach((side) => actions.press(side, false)),
  );
  // A pointer shoves from the side on which it touches: the pole above, the cart below.
  canvas.addEventListener("pointerdown", (event) => actions.poke(event.offsetX, event.offsetY));

  const say = () => {
    for (const { name, chip } of [...games, ...tempos]) chip.textContent = word(name);
    for (const { name, node } of small) node.textContent = word(name);
    for (const { what, title, sides } of pairs) {
      title.textContent = word(`${what}_shove`);
      for (const { side, node } of sides)
        label(node, word(`${what}_${side < 0 ? "left" : "right"}`));
    }
    for (const { side, node } of pads) label(node, word(`drive_${side}`));
    strongName.textContent = word("strength");
    canvas.setAttribute("aria-label", word("label"));
  };
  /** @param {{mode: string, pace: string, playing: boolean, hasAgent: boolean}} state */
  const show = ({ mode, pace, playing, hasAgent }) => {
    for (const { name, chip } of games) setPressed(chip, name === mode);
    for (const { name, chip } of tempos) setPressed(chip, name === pace);
    button.classList.toggle("nl-playing", playing);
    label(button, word(playing ? "hold" : "go"));
    shoving.hidden = mode !== "watch";
    thumbs.hidden = mode === "watch";
    small[0].node.hidden = mode !== "watch";
    for (const node of [button, ...row.querySelectorAll("button")])
      node.disabled = !hasAgent && mode !== "play";
  };
  return { say, show };
};
