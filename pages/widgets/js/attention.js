// @ts-check
/** The attention of one translation, see attention.py. */

import { fitCanvas, paintPixels, styleSize } from "./canvas.js";
import { accentScale, css } from "./colour.js";
import { label, make, makeButton, setPressed } from "./dom.js";
import { clamp } from "./format.js";
import { numbers } from "./packing.js";
import { makePiece, tokenText } from "./tokens.js";

const PARTS = ["cross", "encoder", "decoder"];
const GREATEST = 38; // pixels a cell
const LEAST = 7;

/**
 * Rows and columns of a kind of attention. Row t of cross and decoder is the position that writes
 * target token t.
 *
 * @param {string} part "cross", "encoder" or "decoder"
 * @param {number} source tokens
 * @param {number} target tokens
 * @returns {[number, number]}
 */
export const partSize = (part, source, target) => {
  if (part === "encoder") return [source, source];
  return [target, part === "cross" ? source : target];
};

/**
 * The mean of the weights over the chosen heads.
 *
 * @param {import("./packing.js").Numbers} weights (layers, heads, rows, columns), flat
 * @param {object} chosen
 * @param {number} chosen.layers
 * @param {number} chosen.heads
 * @param {[number, number]} chosen.size rows and columns
 * @param {number} chosen.layer -1 for all
 * @param {number} chosen.head -1 for all
 */
export const meanWeights = (weights, { layers, heads, size: [rows, columns], layer, head }) => {
  const sum = new Float32Array(rows * columns);
  let taken = 0;
  for (let l = 0; l < layers; l++) {
    if (layer >= 0 && l !== layer) continue;
    for (let h = 0; h < heads; h++) {
      if (head >= 0 && h !== head) continue;
      const start = (l * heads + h) * sum.length;
      for (let i = 0; i < sum.length; i++) sum[i] += weights[start + i];
      taken++;
    }
  }
  return sum.map((value) => value / (taken || 1));
};

/** The greatest of some shares, with their places. @param {number[]} shares @param {number} count */
export const greatest = (shares, count) =>
  shares
    .map((share, i) => ({ share, i }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);

/**
 * The colour of a weight, by its square root: small weights stay visible beside a large one.
 *
 * @param {{diverging: string[], accent: string}} colours
 */
const weightColour = (colours) => {
  const scale = accentScale(colours);
  return (/** @type {number} */ weight) => scale(Math.sqrt(weight));
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { element, props, trigger, root, options, word, palette } = widget;

  const bar = make("div", "nl-chips", root, { role: "group" });
  const lines = make("div", "nl-lines", root);
  const hint = make("div", "nl-caption", root, { "aria-live": "polite" });
  const body = make("div", "nl-attention-body", root);
  const scroll = make("div", "nl-scroll", body, { tabindex: 0 });
  const map = make("canvas", "nl-plot", scroll, { role: "img" });
  const heads = make("div", "nl-heads", body, { role: "group" });

  const chosen = { part: "cross", layer: -1, head: -1 };
  let at = [-1, -1]; // the row and the column that are pointed at, -1 for none
  let held = false; // whether a click keeps them, until the next
  /** @type {Record<string, import("./packing.js").Numbers>} of every part */
  const weights = {};
  let mean = new Float32Array(); // the weights of the chosen head, or the mean of several, row by row
  /** @type {{rows: string[], columns: string[]}} */
  let tokens = { rows: [], columns: [] };
  const read = (/** @type {string} */ piece) => tokenText(piece, word);

  const value = () => props.value || {};
  const mapSize = (/** @type {string} */ part) =>
    partSize(part, (value().source || []).length, (value().target || []).length);
  const combine = () => {
    const { layers, heads: count } = value();
    mean = meanWeights(weights[chosen.part], {
      layers,
      heads: count,
      size: mapSize(chosen.part),
      layer: chosen.layer,
      head: chosen.head,
    });
  };

  const select = (/** @type {"layer" | "head"} */ name, /** @type {() => number} */ count) => {
    const holder = make("label", "nl-strength", null);
    const title = make("span", "", holder);
    const node = make("select", "nl-select", holder);
    node.addEventListener("change", () => choose({ [name]: Number(node.value) }));
    return { holder, title, node, name, count };
  };
  const parts = PARTS.map((part) => {
    const chip = makeButton("nl-chip", bar, () => choose({ part }));
    return { part, chip };
  });
  const choices = [select("layer", () => value().layers), select("head", () => value().heads)];
  for (const { holder } of choices) bar.append(holder);

  const choose = (/** @type {Partial<typeof chosen>} */ change) => {
    Object.assign(chosen, change);
    at = [-1, -1];
    held = false;
    draw();
    trigger("chosen", { ...chosen });
  };

  const fillControls = () => {
    for (const { part, chip } of parts) {
      chip.textContent = word(part);
      setPressed(chip, part === chosen.part);
    }
    for (const { title, node, name, count } of choices) {
      title.textContent = word(name);
      node.replaceChildren();
      for (let i = -1; i < (count() || 0); i++) {
        const option = make("option", "", node, { value: i });
        option.textContent = i < 0 ? word("mean") : String(i + 1);
      }
      node.value = String(chosen[name]);
      node.setAttribute("aria-label", word(name));
    }
  };

  // The two sentences. Pointing at a query lights up its keys, and the reverse.
  /** @param {string} title @param {string[]} pieces @param {"row" | "column"} side @param {string} language */
  const sentence = (title, pieces, side, language) => {
    const line = make("div", "nl-line", lines, { lang: language });
    make("span", "nl-caption", line).textContent = title;
    const text = make("span", "nl-words", line);
    pieces.forEach((piece, index) => {
      const point = () => aim(side === "row" ? [index, -1] : [-1, index]);
      const node = makePiece(text, piece, word, index > 0, () => {
        held = !held;
        point();
      });
      node.addEventListener("pointerenter", () => held || point());
      node.addEventListener("pointerleave", () => held || aim([-1, -1]));
      node.addEventListener("focus", () => held || point());
    });
    return /** @type {HTMLElement[]} */ ([...text.children]);
  };

  /** @type {{row: HTMLElement[], column: HTMLElement[]}} */
  let nodes = { row: [], column: [] };
  const fillSentences = () => {
    const { source = [], target = [], input = [] } = value();
    /** @type {[string, string[], string]} key of its name, tokens, language */
    const french = ["french", target, "fr"];
    /** @type {[string, string[], string]} */
    const english = ["english", source, "en"];
    /** @type {Record<string, (typeof french)[]>} */
    const { [chosen.part]: sides } = {
      cross: [french, english],
      encoder: [english, english],
      decoder: [french, ["sofar", input, "fr"]],
    };
    const [rows, columns] = sides;
    tokens = { rows: rows[1], columns: columns[1] };
    lines.replaceChildren();
    const name = (/** @type {string} */ key, /** @type {string} */ what) =>
      `${word(key)} · ${word(what)}`;
    nodes = {
      row: sentence(name(rows[0], "looks"), rows[1], "row", rows[2]),
      column: sentence(name(columns[0], "looked"), columns[1], "column", columns[2]),
    };
  };

  const aim = (/** @type {number[]} row and column */ place) => {
    at = place;
    light();
    drawMap();
  };

  const light = () => {
    const m = tokens.columns.length;
    const [row, column] = at;
    /** @param {HTMLElement[]} list @param {(index: number) => number} strength */
    const shade = (list, strength) => {
      const most = Math.max(...list.map((_, i) => strength(i)), 1e-9);
      list.forEach((node, i) => {
        const share = strength(i);
        node.style.setProperty("--nl-share", String(share / most));
        node.classList.toggle("nl-lit", share > 0);
      });
    };
    const none = () => 0;
    shade(
      nodes.column,
      row < 0 ? none : (i) => (column >= 0 ? Number(i === column) : mean[row * m + i]),
    );
    shade(
      nodes.row,
      column < 0 ? none : (i) => (row >= 0 ? Number(i === row) : mean[i * m + column]),
    );
    nodes.row.forEach((node, i) => node.classList.toggle("nl-here", i === row));
    nodes.column.forEach((node, i) => node.classList.toggle("nl-here", i === column));
    hint.textContent = description(m);
  };

  const description = (/** @type {number} */ m) => {
    const [row, column] = at;
    if (row < 0 && column < 0) return word("hint");
    if (row >= 0 && column >= 0) {
      const share = (100 * mean[row * m + column]).toFixed(1);
      return `${read(tokens.rows[row])} → ${read(tokens.columns[column])}: ${share} %`;
    }
    const [list, pieces] =
      row >= 0
        ? [tokens.columns.map((_, i) => mean[row * m + i]), tokens.columns]
        : [tokens.rows.map((_, i) => mean[i * m + column]), tokens.rows];
    const best = greatest(list, 4);
    const told = best
      .map(({ share, i }) => `${read(pieces[i])} ${(100 * share).toFixed(0)} %`)
      .join(" · ");
    return row >= 0
      ? `${read(tokens.rows[row])} → ${told}`
      : `${told} → ${read(tokens.columns[column])}`;
  };

  let layout = { cell: 0, left: 0, top: 0 };
  const drawMap = () => {
    const [n, m] = [tokens.rows.length, tokens.columns.length];
    const colours = palette();
    const tint = weightColour(colours);
    const font = (/** @type {number} */ size) => `${size}px ${colours.font}`;
    let context = /** @type {CanvasRenderingContext2D} */ (map.getContext("2d"));
    const room = Math.max(160, (scroll.clientWidth || element.clientWidth) - 4);
    context.font = font(12);
    const width = (/** @type {string[]} */ pieces) =>
      clamp(Math.max(...pieces.map((piece) => context.measureText(read(piece)).width)), 20, 110);
    const [left, top] = [width(tokens.rows) + 14, width(tokens.columns) * 0.8 + 22];
    const cell = clamp(Math.floor((room - left - 8) / m), LEAST, GREATEST);
    layout = { cell, left, top };
    const [wide, high] = [left + cell * m + top * 0.8, top + cell * n + 4];
    styleSize(map, wide, high);
    context = fitCanvas(map, wide, high);
    const gap = cell > 11 ? 1 : 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        context.fillStyle = css(tint(mean[i * m + j]));
        context.fillRect(left + j * cell, top + i * cell, cell - gap, cell - gap);
      }
    }
    if (cell < 9) return mark(context, colours, n, m);
    context.font = font(Math.min(12, cell));
    context.textBaseline = "middle";
    const ink = (/** @type {boolean} */ on) => {
      context.fillStyle = on ? colours.accent : colours.text;
      context.font = `${on ? "600 " : ""}${font(Math.min(12, cell))}`;
    };
    context.textAlign = "end";
    tokens.rows.forEach((piece, i) => {
      ink(i === at[0]);
      context.fillText(tokenText(piece, word), left - 6, top + (i + 0.5) * cell, left - 8);
    });
    context.textAlign = "start";
    tokens.columns.forEach((piece, j) => {
      ink(j === at[1]);
      context.save();
      context.translate(left + (j + 0.5) * cell, top - 6);
      context.rotate(-Math.PI / 3.4);
      context.fillText(tokenText(piece, word), 0, 0, 120);
      context.restore();
    });
    mark(context, colours, n, m);
  };

  /** @param {CanvasRenderingContext2D} context @param {import("./widget.js").Palette} colours @param {number} n @param {number} m */
  const mark = (context, colours, n, m) => {
    const { cell, left, top } = layout;
    context.strokeStyle = colours.text;
    context.lineWidth = 1.5;
    if (at[0] >= 0) context.strokeRect(left, top + at[0] * cell, cell * m, cell);
    if (at[1] >= 0) context.strokeRect(left + at[1] * cell, top, cell, cell * n);
  };

  const cellUnder = (/** @type {MouseEvent} */ event) => {
    const { cell, left, top } = layout;
    const place = [
      Math.floor((event.offsetY - top) / cell),
      Math.floor((event.offsetX - left) / cell),
    ];
    const inside =
      place[0] >= 0 &&
      place[1] >= 0 &&
      place[0] < tokens.rows.length &&
      place[1] < tokens.columns.length;
    return inside ? place : [-1, -1];
  };
  map.addEventListener("pointermove", (event) => held || aim(cellUnder(event)));
  map.addEventListener("pointerleave", () => held || aim([-1, -1]));
  map.addEventListener("click", (event) => {
    held = !held;
    aim(cellUnder(event));
  });

  // Small multiples: every head of the part, a layer a row.
  const drawHeads = () => {
    const { layers = 0, heads: count = 0 } = value();
    const [n, m] = mapSize(chosen.part);
    const tint = weightColour(palette());
    heads.replaceChildren();
    heads.setAttribute("aria-label", word("all"));
    heads.style.setProperty("--nl-count", String(count));
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < count; head++) {
        const here = layer === chosen.layer && head === chosen.head;
        const other = here ? { layer: -1, head: -1 } : { layer, head };
        const button = makeButton("nl-head", heads, () => choose(other));
        button.classList.toggle("nl-selected", here);
        label(button, `${word("layer")} ${layer + 1}, ${word("head")} ${head + 1}`);
        setPressed(button, here);
        const start = (layer * count + head) * n * m;
        const weightAt = (/** @type {number} */ x, /** @type {number} */ y) =>
          weights[chosen.part][start + y * m + x];
        paintPixels(make("canvas", "", button), m, n, (x, y) => tint(weightAt(x, y)));
        make("span", "nl-caption", button).textContent = `${layer + 1}.${head + 1}`;
      }
    }
  };

  const draw = () => {
    const there = (value().target || []).length > 0;
    widget.setEmpty(!there);
    for (const node of [bar, lines, hint, body]) node.hidden = !there;
    if (!there) return;
    const { layers, heads: count } = value();
    if (chosen.layer >= layers) chosen.layer = -1;
    if (chosen.head >= count) chosen.head = -1;
    combine();
    fillControls();
    fillSentences();
    light();
    map.setAttribute("aria-label", word("label"));
    drawMap();
    if (options.grid) drawHeads();
  };

  const unpack = () => {
    for (const part of PARTS) weights[part] = numbers(value()[part]);
    at = [-1, -1];
    held = false;
    ask();
  };
  const ask = widget.painter(draw);
  widget.whenComplete(unpack);
  widget.onChange({ value: unpack, words: ask });
};
