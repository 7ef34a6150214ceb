// @ts-check
/** The tokens so far, and the likeliest next ones as bars, see steps.py. */

import { label, make, makeButton } from "./dom.js";
import { percent } from "./format.js";
import { continuesWord, makePiece, tokenText } from "./tokens.js";

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, drawValue, setEmpty } = widget;
  const title = make("span", "nl-caption", root);
  const line = make("div", "nl-words nl-path", root, { role: "group", lang: "fr" });
  const second = make("span", "nl-caption", root);
  const list = make("div", "nl-bars", root, { role: "group", lang: "fr" });

  /** @param {string} piece @param {number} share @param {number} token its number, -1 for all others together */
  const bar = (piece, share, token) => {
    const pick = () => trigger("picked", { token });
    const node = token < 0 ? make("div", "nl-next", list) : makeButton("nl-next", list, pick);
    const name = make("span", "nl-token", node);
    name.textContent =
      token < 0 ? word("rest") : (continuesWord(piece) ? "·" : "") + tokenText(piece, word);
    const track = make("span", "nl-track", node);
    make("i", "", track).style.width = `${100 * share}%`;
    make("b", "", node).textContent = percent(share);
    if (token >= 0) label(node, `${tokenText(piece, word)}, ${percent(share)}`);
  };

  const draw = () => {
    const { path = [], bars = [], rest = 0, over = false } = props.value || {};
    const there = bars.length > 0 || over;
    setEmpty(!there);
    for (const node of [title, line, second, list]) node.hidden = !there;
    if (!there) return;
    const focused = [...list.children].indexOf(/** @type {Element} */ (document.activeElement));
    title.textContent = word("so_far");
    line.setAttribute("aria-label", word("so_far"));
    line.replaceChildren();
    ["<s>", ...path].forEach((piece, index) => {
      const keep = () => trigger("kept", { count: Math.max(0, index - 1) });
      const node = makePiece(line, piece, word, index > 1, keep);
      label(node, `${word("back")} ${tokenText(piece, word)}`);
    });
    second.textContent = word(over ? "over" : "next");
    list.setAttribute("aria-label", word("label"));
    list.replaceChildren();
    for (const { token, piece, share } of bars) bar(piece, share, token);
    if (bars.length) bar("", rest, -1);
    if (focused >= 0) /** @type {HTMLElement} */ (list.children[0])?.focus();
  };

  drawValue(draw);
};
