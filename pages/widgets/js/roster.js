// @ts-check
/** A list of what is under way, with a button to end each, see roster.py. */

import { make, makeButton } from "./dom.js";

/** @param {import("./widget.js").Widget} widget */
export const mount = (widget) => {
  const { props, trigger, root, word, drawValue, setEmpty } = widget;

  const draw = () => {
    const { rows } = props.value || {};
    root.setAttribute("aria-label", word("label"));
    setEmpty(rows && !rows.length); // no rows: not known yet
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.name;
    root.replaceChildren();
    for (const { name, title, note, share } of rows ?? []) {
      const row = make("li", "nl-row", root);
      const said = make("span", "nl-said", row);
      make("strong", "", said).textContent = title;
      make("span", "", said).textContent = note;
      make("i", "nl-share", make("span", "nl-track", said)).style.width = `${100 * share}%`;
      const button = makeButton("nl-end-row", row, () => trigger("ended", { name }), {
        "data-name": name,
      });
      button.textContent = word("stop");
      button.setAttribute("aria-label", `${word("stop")}: ${title}`);
      if (name === focused) button.focus();
    }
  };

  drawValue(draw);
};
