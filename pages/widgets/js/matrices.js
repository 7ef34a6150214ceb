// @ts-check
/** Matrices as coloured cells, see matrices.py. A cell's number is shown when it is pointed at. */

import { fitCanvas, styleSize } from "./canvas.js";
import { accentScale, css, divergingScale } from "./colour.js";
import { make } from "./dom.js";
import { clamp, short } from "./format.js";
import { numbers } from "./packing.js";
import { tokenText } from "./tokens.js";

/**
 * @typedef {object} Matrix
 * @property {string} name
 * @property {[number, number]} shape rows, columns
 * @property {string | import("./packing.js").Numbers} values
 * @property {"signed" | "share" | "mask"} kind
 * @property {string[]} rows tokens, or none
 * @property {string[]} columns tokens, or none
 * @property {number} row the one that is framed, -1 for none
 */

const SIDE = 300; // pixels that a matrix takes at most
const LEGIBLE = 11; // pixels of a cell beside which a name can be read

/** Whether a score stands for -∞, as masks add it. */
const isMasked = (/** @type {number} */ value) => value < -1e8;

export const cellText = (/** @type {number} */ value) => (isMasked(value) ? "−∞" : short(value));

/**
 * The greatest magnitude of a matrix, and the colours of its values.
 *
 * @param {import("./packing.js").Numbers} values
 * @param {Matrix["kind"]} kind
 * @param {{diverging: string[], accent: string}} colours
 */
export const matrixScale = (values, kind, colours) => {
  const finite = Array.from(values).filter((value) => Number.isFinite(value) && !isMasked(value));
  const reach = Math.max(...finite.map(Math.abs), 1e-9);
  const [signed, share] = [divergingScale(colours.diverging), accentScale(colours)];
  const colourOf = (/** @type {number} */ value) =>
    kind === "signed" ? signed(value / reach) : share(Math.sqrt(value));
  return { reach, colourOf };
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, palette, drawValue, setEmpty } = widget;
  const flow = make("div", "nl-matrices-row", root, { role: "group" });
  const read = make("div", "nl-caption", root, { "aria-live": "polite" });

  // The tokens of the rows on the left, those of the columns above.
  /** @param {Matrix} matrix @param {number} cell @param {HTMLElement} parent */
  const labelSides = ({ rows, columns }, cell, parent) => {
    parent.classList.add("nl-named");
    for (const [side, pieces] of [
      ["top", columns],
      ["left", rows],
    ]) {
      const names = make("div", `nl-names ${side}`, parent, { "aria-hidden": "true" });
      names.style.setProperty("--cell", `${cell}px`);
      for (const piece of pieces) make("span", "", names).textContent = tokenText(piece, word);
    }
  };

  /** @param {Matrix} grid @param {HTMLElement} parent @param {import("./widget.js").Palette} colours */
  const paintGrid = (grid, parent, colours) => {
    const [n, m] = grid.shape;
    const values = numbers(grid.values);
    const cell = clamp(Math.floor(SIDE / Math.max(n, m)), 3, 18);
    const figure = make("figure", "nl-matrix", parent);
    const caption = make("figcaption", "", figure);
    make("b", "", caption).textContent = grid.name;
    make("span", "nl-caption", caption).textContent = ` ${n} × ${m}`;
    const scroll = make("div", "nl-scroll", figure);
    if (grid.columns?.length && cell >= LEGIBLE) labelSides(grid, cell, scroll);
    const canvas = make("canvas", "", scroll, {
      role: "img",
      "aria-label": `${grid.name}, ${n} × ${m}`,
    });
    styleSize(canvas, m * cell, n * cell);
    const context = fitCanvas(canvas, m * cell, n * cell);
    const { reach, colourOf } = matrixScale(values, grid.kind, colours);
    const scales = { signed: ` · ±${cellText(reach)}`, share: " · 0–1", mask: "" };
    make("span", "nl-caption", caption).textContent = scales[grid.kind] ?? "";
    const gap = cell > 7 ? 1 : 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const value = values[i * m + j];
        const masked = isMasked(value) || (grid.kind === "mask" && !value);
        context.fillStyle = masked ? colours.line : css(colourOf(value));
        context.fillRect(j * cell, i * cell, cell - gap, cell - gap);
      }
    }
    if (grid.row >= 0 && grid.row < n) {
      context.strokeStyle = colours.text;
      context.lineWidth = 2;
      context.strokeRect(1, grid.row * cell, m * cell - 2, cell);
    }
    const under = (/** @type {MouseEvent} */ event) => [
      Math.floor(event.offsetY / cell),
      Math.floor(event.offsetX / cell),
    ];
    canvas.addEventListener("pointermove", (event) => {
      const [i, j] = under(event);
      if (i < 0 || j < 0 || i >= n || j >= m) return;
      const names = [grid.rows?.[i], grid.columns?.[j]]
        .filter(Boolean)
        .map((token) => tokenText(token, word))
        .join(" → ");
      read.textContent = `${grid.name} [${i + 1}, ${j + 1}]${names ? ` ${names}` : ""} = ${cellText(values[i * m + j])}`;
    });
    if (grid.row >= 0) {
      canvas.style.cursor = "pointer";
      canvas.addEventListener("click", (event) =>
        trigger("picked", { row: clamp(under(event)[0], 0, n - 1) }),
      );
    }
  };

  const draw = () => {
    const { grids = [] } = props.value || {};
    setEmpty(!grids.length);
    flow.setAttribute("aria-label", word("label"));
    flow.replaceChildren();
    read.textContent = grids.length ? word("numbers") : "";
    const colours = palette();
    for (const grid of grids) paintGrid(grid, flow, colours);
  };

  drawValue(draw);
};
