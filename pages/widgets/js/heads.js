// @ts-check
/** Every attention head as a switch, see heads.py. All that is cut is sent at each change. */

import { css, divergingScale, signedRoot } from "./colour.js";
import { label, make, makeButton } from "./dom.js";
import { fixed } from "./format.js";
import { isDark } from "../../gradio_compat/js/gradio.js";

const PARTS = ["encoder", "decoder", "cross"];
const KEY = /^((en|de)coder-\d+(-\d+)?|cross-\d+-\d+)$/; // of a head, else of a layer

/** The stack of layers that a kind of attention belongs to. @param {string} part */
const stackOf = (part) => (part === "encoder" ? part : "decoder");

/**
 * Whether a head is cut, by itself or with its layer.
 *
 * @param {Set<string>} cut "cross-1-2" for a head, "decoder-1" for a layer
 * @param {string} part
 * @param {number} layer
 * @param {number} head
 */
export const isCut = (cut, part, layer, head) =>
  cut.has(`${part}-${layer}-${head}`) || cut.has(`${stackOf(part)}-${layer}`);

/** The heads and layers named in a text, "cross-1-2,decoder-1". @param {string} text */
export const parseCut = (text) => new Set(text.split(",").filter((key) => KEY.test(key)));

/**
 * Those of the cut heads and layers that a network of this size has.
 *
 * @param {Set<string>} cut
 * @param {number} layers
 * @param {number} heads
 */
export const fitting = (cut, layers, heads) =>
  new Set(
    [...cut].filter((key) => {
      const [, layer, head = 0] = key.split("-").map(Number);
      return layer < layers && head < heads;
    }),
  );

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, palette, painter, onChange, whenComplete, setEmpty } = widget;
  const boards = make("div", "nl-boards-row", root);
  const foot = make("div", "nl-controls nl-boards-foot", root);
  const legend = make("span", "nl-caption", foot);
  const restore = makeButton("nl-text-button", foot);
  let drawn = ""; // the state that was last drawn, as JSON
  /** @type {Set<string>} */
  let cut = new Set();

  const tell = () => trigger("changed", { gone: [...cut].join() });
  const toggle = (/** @type {string} */ key) => {
    if (!cut.delete(key)) cut.add(key);
    draw();
    tell();
  };

  /** @param {string} className @param {HTMLElement} board @param {string} key @param {boolean} off */
  const makeSwitch = (className, board, key, off) =>
    makeButton(className, board, () => toggle(key), { "data-key": key, "aria-pressed": off });

  const draw = () => {
    const { layers = 0, heads: count = 0, ...given } = props.value || {};
    setEmpty(!layers);
    boards.hidden = foot.hidden = !layers;
    if (!layers) return;
    // A button that is replaced while a pointer presses it would miss its click.
    const state = JSON.stringify([props.value, props.words, [...cut], isDark()]);
    if (state === drawn) return;
    drawn = state;
    const colours = palette();
    const most = Math.max(...PARTS.flatMap((part) => given[part].flat().map(Math.abs)), 1e-6);
    const scale = divergingScale(colours.diverging);
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    boards.replaceChildren();
    for (const part of PARTS) {
      const board = make("div", "nl-board", boards, { role: "group" });
      board.setAttribute("aria-label", word(part));
      board.style.setProperty("--nl-count", String(count));
      make("b", "", board).textContent = word(part);
      for (let head = 0; head < count; head++)
        make("span", "nl-caption", board).textContent = String(head + 1);
      for (let layer = 0; layer < layers; layer++) {
        const key = `${stackOf(part)}-${layer}`;
        const name =
          part === "cross"
            ? make("span", "nl-layer", board)
            : makeSwitch("nl-layer", board, key, cut.has(key));
        name.textContent = `${word("layer")} ${layer + 1}`;
        for (let head = 0; head < count; head++) {
          const worth = given[part][layer][head];
          const headKey = `${part}-${layer}-${head}`;
          const cell = makeSwitch("nl-cell", board, headKey, isCut(cut, part, layer, head));
          cell.style.background = css(scale(signedRoot(worth / most)));
          label(
            cell,
            `${word(part)}, ${word("layer")} ${layer + 1}, ${word("head")} ${head + 1}: ${word("worth")} ${fixed(worth, 2, "+")}`,
          );
        }
      }
    }
    legend.replaceChildren(`${word("low")} −${most.toFixed(2)}`);
    make("i", "nl-scale", legend).style.background =
      `linear-gradient(to right, ${colours.diverging})`;
    legend.append(`+${most.toFixed(2)} ${word("high")}`);
    restore.textContent = word("restore");
    if (focused)
      /** @type {HTMLElement | null} */ (boards.querySelector(`[data-key="${focused}"]`))?.focus();
  };

  restore.addEventListener("click", () => {
    cut = new Set();
    draw();
    trigger("restored", {});
  });

  // Another network may have fewer heads.
  const fit = () => {
    const { layers = 0, heads: count = 0 } = props.value || {};
    const before = cut.size;
    if (layers) cut = fitting(cut, layers, count);
    ask();
    if (cut.size < before) tell();
  };
  // What a link names.
  const bring = () => {
    const named = parseCut(props.brought || "");
    if (!named.size) return;
    cut = named;
    tell();
    fit();
  };
  const ask = painter(draw);
  whenComplete(() => {
    bring();
    ask();
  });
  onChange({ value: fit, words: ask, brought: bring });
};
