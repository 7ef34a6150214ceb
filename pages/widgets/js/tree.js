// @ts-check
/** A beam search, see tree.py: a column for each step; pruned branches are grey. */

import { make, svg } from "./dom.js";
import { fixed } from "./format.js";
import { tokenText } from "./tokens.js";

const [WIDE, HIGH, LEFT, TOP] = [108, 27, 54, 22]; // pixels: a column, a row, the margins

/**
 * @typedef {object} Candidate
 * @property {number} number
 * @property {number} parent the number of the candidate that it continues, -1 for the start
 * @property {number} step
 * @property {string} piece its last token
 * @property {number} change the log-probability of that token
 * @property {number} total of all its tokens
 * @property {boolean} kept
 * @property {boolean} ended
 * @property {boolean} won
 */

/**
 * Where the candidates stand, in CSS pixels: a column for each step, the likeliest on top. The parent
 * -1 stands for the start.
 *
 * @param {Pick<Candidate, "number" | "step">[]} nodes in the order of their ranks
 */
export const treeLayout = (nodes) => {
  /** @type {Map<number, number>} how many candidates each step has */
  const counts = new Map();
  const start = { x: LEFT, y: TOP };
  /** @type {Map<number, typeof start>} */
  const places = new Map();
  for (const { number, step } of nodes) {
    const rank = counts.get(step) || 0;
    counts.set(step, rank + 1);
    places.set(number, { x: LEFT + (step + 1) * WIDE, y: TOP + rank * HIGH });
  }
  const width = LEFT + (Math.max(...counts.keys()) + 1) * WIDE + 60;
  const height = TOP + Math.max(...counts.values()) * HIGH;
  const placeOf = (/** @type {number} */ number) => places.get(number) ?? start;
  return { placeOf, width, height };
};

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, root, word, palette, drawValue, setEmpty } = widget;
  const scroll = make("div", "nl-scroll", root, { tabindex: 0 });
  const legend = make("div", "nl-caption nl-tree-legend", root);

  const draw = () => {
    /** @type {{nodes?: Candidate[]}} */
    const { nodes = [] } = props.value || {};
    setEmpty(!nodes.length);
    scroll.replaceChildren();
    legend.replaceChildren();
    if (!nodes.length) return;
    const colours = palette();
    const { placeOf, width, height } = treeLayout(nodes);
    const drawing = svg("svg", scroll, { width, height, role: "img", "aria-label": word("label") });
    /** @returns {[string, number, number]} stroke, width, opacity */
    const style = (/** @type {Candidate} */ { won, kept, ended }) =>
      won
        ? [colours.accent, 3, 1]
        : kept || ended
          ? [colours.soft, 1.5, 1]
          : [colours.line, 1, 0.9];
    /** @param {Element} parent @param {[number, number]} place @param {string} said @param {object} style */
    const text = (parent, [x, y], said, style) => {
      const made = svg("text", parent, { x, y, "text-anchor": "middle", ...style });
      made.textContent = said;
      return made;
    };
    // The winner is drawn last, over the others.
    const ordered = [...nodes].sort(
      (a, b) => Number(a.won) - Number(b.won) || Number(a.kept) - Number(b.kept),
    );
    for (const node of ordered) {
      const [from, to] = [placeOf(node.parent), placeOf(node.number)];
      const [stroke, line, opacity] = style(node);
      const end = to.x - 34;
      const start = from.x + (node.parent < 0 ? 22 : 34);
      const middle = (start + end) / 2;
      const way = `M${start} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
      svg("path", drawing, { d: way, fill: "none", stroke, "stroke-width": line, opacity });
    }
    text(drawing, [LEFT - 8, TOP + 4], tokenText("<s>", word), {
      fill: colours.soft,
      "font-size": 12,
    });
    for (const node of ordered) {
      const { x, y } = placeOf(node.number);
      const group = svg("g", drawing, {});
      const faint = !node.kept && !node.ended;
      svg("rect", group, {
        x: x - 34,
        y: y - 11,
        width: 68,
        height: 21,
        rx: 6,
        fill: colours.back,
        stroke: node.won ? colours.accent : colours.line,
        "stroke-width": node.won ? 2 : 1,
        "stroke-dasharray": faint ? "3 3" : "",
      });
      const said = tokenText(node.piece, word);
      const fill = faint ? colours.soft : colours.text;
      const shown = said.length > 9 ? `${said.slice(0, 8)}…` : said;
      text(group, [x, y + 4], shown, {
        fill,
        "font-size": 12,
        "font-weight": node.won ? 600 : 400,
      });
      const chance = text(group, [x - 38, y - 3], fixed(node.change, 2), {
        fill,
        "font-size": 9.5,
        "text-anchor": "end",
      });
      // Branches that cross a number end before it.
      chance.setAttribute("stroke", colours.ground);
      chance.setAttribute("stroke-width", "3");
      chance.setAttribute("paint-order", "stroke");
      const state = word(node.won ? "won" : node.ended ? "ended" : node.kept ? "kept" : "pruned");
      svg("title", group, {}).textContent =
        `${said} · ${word("change")} ${fixed(node.change, 2)} · ${word("total")} ${fixed(node.total, 2)} · ${state}`;
    }
    for (const [name, colour, dash] of [
      ["won", colours.accent, ""],
      ["kept", colours.soft, ""],
      ["pruned", colours.line, "3 3"],
    ]) {
      const item = make("span", "", legend);
      const sample = svg("svg", item, { width: 26, height: 12, "aria-hidden": "true" });
      svg("rect", sample, {
        x: 1,
        y: 1,
        width: 22,
        height: 10,
        rx: 4,
        fill: "none",
        stroke: colour,
        "stroke-width": 1.5,
        "stroke-dasharray": dash,
      });
      item.append(word(name));
    }
  };

  drawValue(draw);
};
