// @ts-check
/** A list of what is under way, with a button to end each, see roster.py. */

import { make } from "./dom.js";

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, painter, onChange, whenComplete } = widget;

  const draw = () => {
    const { rows } = props.value || {};
    root.setAttribute("aria-label", word("label"));
    root.dataset.empty = !rows || rows.length ? "" : word("empty"); // no rows: not known yet
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.name;
    root.replaceChildren();
    for (const { name, title, note, share } of rows ?? []) {
      const row = make("li", "nl-row", root);
      const said = make("span", "nl-said", row);
      make("strong", "", said).textContent = title;
      make("span", "", said).textContent = note;
      make("i", "nl-share", make("span", "nl-track", said)).style.width = `${100 * share}%`;
      const button = make("button", "nl-end-row", row, { type: "button", "data-name": name });
      button.textContent = word("stop");
      button.setAttribute("aria-label", `${word("stop")}: ${title}`);
      if (name === focused) button.focus();
    }
  };

  root.addEventListener("click", (event) => {
    const name = /** @type {HTMLElement} */ (event.target).dataset.name;
    if (name) trigger("ended", { name });
  });

  const ask = painter(draw);
  whenComplete(ask);
  onChange({ value: ask, words: ask });
};
