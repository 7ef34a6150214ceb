// @ts-check
/** The tokens so far, and the likeliest next ones as bars, see steps.py. */

import { label, make } from "./dom.js";
import { percent } from "./format.js";
import { continuesWord, isMark, tokenText } from "./tokens.js";

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, painter, onChange, whenComplete } = widget;
  const title = make("span", "nl-caption", root);
  const line = make("div", "nl-words nl-path", root, { role: "group", lang: "fr" });
  const second = make("span", "nl-caption", root);
  const list = make("div", "nl-bars", root, { role: "group", lang: "fr" });

  /** @param {string} piece @param {number} share @param {number} token its number, -1 for all others together */
  const bar = (piece, share, token) => {
    const node = make(
      token < 0 ? "div" : "button",
      "nl-next",
      list,
      token < 0 ? {} : { type: "button" },
    );
    const name = make("span", "nl-token", node);
    name.textContent =
      token < 0 ? word("rest") : (continuesWord(piece) ? "·" : "") + tokenText(piece, word);
    const track = make("span", "nl-track", node);
    make("i", "", track).style.width = `${100 * share}%`;
    make("b", "", node).textContent = percent(share);
    if (token < 0) return;
    label(node, `${tokenText(piece, word)}, ${percent(share)}`);
    node.addEventListener("click", () => trigger("picked", { token }));
  };

  const draw = () => {
    const { path = [], bars = [], rest = 0, over = false } = props.value || {};
    const there = bars.length > 0 || over;
    root.dataset.empty = there ? "" : word("empty");
    for (const node of [title, line, second, list]) node.hidden = !there;
    if (!there) return;
    const focused = [...list.children].indexOf(/** @type {Element} */ (document.activeElement));
    title.textContent = word("so_far");
    line.setAttribute("aria-label", word("so_far"));
    line.replaceChildren();
    ["<s>", ...path].forEach((piece, index) => {
      const node = make("button", "nl-piece", line, { type: "button" });
      node.textContent = tokenText(piece, word);
      node.classList.toggle("nl-mark", isMark(piece));
      node.classList.toggle("nl-joined", index > 1 && continuesWord(piece));
      label(node, `${word("back")} ${tokenText(piece, word)}`);
      node.addEventListener("click", () => trigger("kept", { count: Math.max(0, index - 1) }));
    });
    second.textContent = word(over ? "over" : "next");
    list.setAttribute("aria-label", word("label"));
    list.replaceChildren();
    for (const { token, piece, share } of bars) bar(piece, share, token);
    if (bars.length) bar("", rest, -1);
    if (focused >= 0) /** @type {HTMLElement} */ (list.children[0])?.focus();
  };

  const ask = painter(draw);
  whenComplete(ask);
  onChange({ value: ask, words: ask });
};
