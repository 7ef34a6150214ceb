const list = element.querySelector(".nl-roster");

const draw = () => {
  const { rows } = props.value || {};
  list.setAttribute("aria-label", word("label"));
  list.dataset.empty = !rows || rows.length ? "" : word("empty");  // not known yet
  const focused = document.activeElement?.dataset.name;
  list.replaceChildren();
  for (const { name, title, note, share } of rows ?? []) {
    const row = make("li", "nl-row", list);
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

list.addEventListener("click", (event) => {
  const name = event.target.dataset.name;
  if (name) trigger("ended", { name });
});

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
