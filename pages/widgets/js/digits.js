// @ts-check
/** Pictures of 28 × 28 pixels as tiles, see digits.py. */

import { SIDE, paintDigit } from "./canvas.js";
import { byteColours } from "./colour.js";
import { make } from "./dom.js";

/**
 * @typedef {object} Tile see digits.py
 * @property {string} pixels 784 bytes in base64
 * @property {string} [title]
 * @property {string} [caption]
 * @property {"grey" | "signed"} [scale]
 * @property {number} [digit]
 * @property {string} [label]
 * @property {boolean} [selected]
 */

/** The tile that an event happened on. @param {Event} event @returns {HTMLElement | null} */
const tileOf = (event) => /** @type {Element} */ (event.target).closest(".nl-tile");

/**
 * The parts of one tile.
 *
 * @param {HTMLElement} parent
 * @param {number} index
 * @param {boolean} clickable
 */
const makeTile = (parent, index, clickable) => {
  const tile = clickable
    ? make("button", "nl-tile", parent, { "data-index": index, type: "button" })
    : make("figure", "nl-tile", parent, { "data-index": index, role: "img" });
  return {
    tile,
    title: make("span", "nl-title", tile),
    canvas: make("canvas", "", tile, { width: SIDE, height: SIDE }),
    bar: make("i", "nl-bar", tile),
    caption: make("span", "nl-caption", tile),
  };
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, options, word, palette, drawValue, setEmpty } = widget;
  const { size: usualSize, gap: usualGap, clickable } = options;
  /** @type {ReturnType<typeof makeTile>[]} */
  let shown = [];
  let focused = 0;

  const build = (/** @type {number} */ count) => {
    focused = 0;
    root.replaceChildren();
    shown = Array.from({ length: count }, (_, index) => makeTile(root, index, clickable));
  };

  const draw = () => {
    /** @type {{tiles?: Tile[], columns?: number, size?: number, gap?: number}} */
    const { tiles = [], columns = 0, size = usualSize, gap = usualGap } = props.value || {};
    const colours = palette();
    /** @type {Record<string, import("./colour.js").Rgb[]>} */
    const tables = {};
    root.setAttribute("aria-label", word("label"));
    setEmpty(!tiles.length);
    if (tiles.length !== shown.length) build(tiles.length);
    // Whole pixels: seams would show in a grid without gaps.
    const fitting = columns ? Math.floor((root.clientWidth - (columns - 1) * gap) / columns) : size;
    const side = Math.max(4, Math.min(size, fitting));
    root.style.gap = `${gap}px`;
    root.style.gridTemplateColumns = columns ? `repeat(${columns}, ${side}px)` : "";
    root.classList.toggle("nl-flow", !columns);
    root.style.setProperty("--nl-side", `${side}px`);
    root.classList.toggle("nl-seamless", gap === 0);
    const titled = tiles.some((tile) => tile.title);
    const captioned = tiles.some((tile) => tile.caption);
    const marked = tiles.some((tile) => Number.isInteger(tile.digit));
    tiles.forEach((given, index) => {
      const { tile, title, canvas, bar, caption } = shown[index];
      const scale = given.scale || "grey";
      tables[scale] ??= byteColours(scale, colours.diverging);
      paintDigit(canvas, given.pixels, tables[scale]);
      canvas.style.width = canvas.style.height = `${side}px`;
      title.textContent = title.title = given.title || "";
      title.hidden = !titled;
      caption.textContent = given.caption || "";
      caption.hidden = !captioned;
      bar.hidden = !marked;
      bar.style.background = colours.digits[given.digit ?? -1] ?? "transparent";
      tile.classList.toggle("nl-selected", Boolean(given.selected));
      const spoken = [given.title, given.caption].filter(Boolean).join(", ");
      tile.setAttribute("aria-label", given.label || spoken || `${word("label")} ${index + 1}`);
      if (clickable) tile.tabIndex = index === focused ? 0 : -1;
    });
  };

  // One stop for the Tab key; the arrows walk from tile to tile.
  const walk = (/** @type {KeyboardEvent} */ event) => {
    const top = shown[0].tile.offsetTop;
    const columns = shown.filter(({ tile }) => tile.offsetTop === top).length;
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const next = focused + (steps[event.key] || 0);
    if (!(event.key in steps) || next < 0 || next >= shown.length) return;
    event.preventDefault();
    shown[next].tile.focus();
  };

  if (clickable) {
    root.addEventListener("keydown", walk);
    root.addEventListener("focusin", (event) => {
      const tile = tileOf(event);
      if (!tile) return;
      shown[focused].tile.tabIndex = -1;
      focused = Number(tile.dataset.index);
      tile.tabIndex = 0;
    });
    root.addEventListener("click", (event) => {
      const tile = tileOf(event);
      if (tile) trigger("tile_click", { index: Number(tile.dataset.index) });
    });
  }

  drawValue(draw);
};
