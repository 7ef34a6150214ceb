// @ts-check
/** A sequence of 28 × 28 images that plays forth and back, see player.py. */

import { SIDE, paintDigit } from "./canvas.js";
import { byteColours } from "./colour.js";
import { label, make, makeButton, throttled } from "./dom.js";
import { clamp } from "./format.js";
import { reducedMotion } from "./widget.js";

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { element, props, trigger, root, options, word, palette, isVisible } = widget;
  const { size, frames_per_second: pace, name: usualName, autoplay } = options;
  const screen = make("div", "nl-screen", root);
  const canvas = make("canvas", "nl-frame", screen, { width: SIDE, height: SIDE, role: "img" });
  canvas.style.width = canvas.style.height = `${size}px`;
  const side = make("div", "nl-side", screen);
  const caption = make("div", "nl-caption", side, { "aria-live": "off" });
  const controls = make("div", "nl-controls", side);
  const button = makeButton("nl-button", controls, () => play(!playing));
  const slider = make("input", "nl-scrub", controls, { type: "range", min: 0, step: 1, value: 0 });
  const strip = make("div", "nl-strip", root);

  const given = () => props.value || {};
  const count = () => (given().frames || []).length;
  let index = 0;
  let direction = 1;
  let playing = false;
  let lastStep = 0;
  /** @type {HTMLCanvasElement[]} */
  let thumbs = [];
  const tell = throttled(() => trigger("frame", { index }), 100);

  const show = (/** @type {number} */ next) => {
    if (!count()) return;
    const moved = next !== index;
    index = clamp(next, 0, count() - 1);
    paintDigit(canvas, given().frames[index], byteColours("grey", palette().diverging));
    const text = (given().captions || [])[index] || "";
    caption.textContent = text || `${index + 1} / ${count()}`;
    canvas.setAttribute("aria-label", `${word("frame")} ${index + 1} / ${count()}. ${text}`);
    slider.value = String(index);
    slider.style.setProperty("--nl-share", `${(100 * index) / Math.max(1, count() - 1)}%`);
    slider.setAttribute("aria-valuetext", text || `${index + 1} / ${count()}`);
    thumbs.forEach((thumb, at) => thumb.classList.toggle("nl-now", at === index));
    const name = given().name || usualName;
    window.dispatchEvent(new CustomEvent("netlab:frame", { detail: { name, index } }));
    if (moved) tell();
  };

  const step = (/** @type {number} */ now) => {
    if (!playing) return;
    if (!element.isConnected) return;
    if (isVisible() && now - lastStep > 1000 / pace) {
      lastStep = now;
      if (index + direction < 0 || index + direction >= count()) direction = -direction;
      show(index + direction);
    }
    requestAnimationFrame(step);
  };

  const play = (/** @type {boolean} */ wanted) => {
    const start = wanted && !playing && count() > 1;
    playing = wanted && count() > 1;
    button.classList.toggle("nl-playing", playing);
    label(button, word(playing ? "pause" : "play"));
    if (start) requestAnimationFrame(step);
  };

  const draw = () => {
    const frames = given().frames || [];
    const table = byteColours("grey", palette().diverging);
    widget.setEmpty(!frames.length);
    root.classList.toggle("nl-none", !frames.length);
    root.setAttribute("aria-label", word("label"));
    slider.setAttribute("aria-label", word("frame"));
    slider.max = String(Math.max(0, frames.length - 1));
    if (thumbs.length !== frames.length) {
      strip.replaceChildren();
      thumbs = frames.map(() =>
        make("canvas", "nl-thumb", strip, { width: SIDE, height: SIDE, "aria-hidden": true }),
      );
    }
    frames.forEach((/** @type {string} */ frame, /** @type {number} */ at) =>
      paintDigit(thumbs[at], frame, table),
    );
    label(button, word(playing ? "pause" : "play"));
    show(index);
  };

  slider.addEventListener("input", () => {
    play(false);
    show(Number(slider.value));
  });
  strip.addEventListener("click", (event) => {
    const at = thumbs.indexOf(/** @type {HTMLCanvasElement} */ (event.target));
    if (at < 0) return;
    play(false);
    show(at);
  });

  const ask = widget.painter(draw);
  const begin = () => {
    index = 0;
    direction = 1;
    ask();
    play(autoplay && !reducedMotion());
  };
  widget.whenComplete(begin);
  widget.onChange({ value: begin, words: ask });
};
