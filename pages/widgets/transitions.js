const grid = element.querySelector(".nl-transitions");
const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH, GROUND, TRACK] = [132, 78, 62, 2.4];

const svg = (tag, parent, given) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
  parent.append(made);
  return made;
};

const line = (parent, x1, y1, x2, y2, colour, width) =>
  svg("line", parent, { x1, y1, x2, y2, stroke: colour, "stroke-width": width, "stroke-linecap": "round" });

// The cart at its place, the pole at its angle, the push as an arrow, the velocity as a trail.
const picture = (parent, { state: [x, velocity, angle], action }, colours) => {
  const drawing = svg("svg", parent, { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
  const at = (metres) => WIDE / 2 + (metres / TRACK) * (WIDE / 2 - 12);
  line(drawing, at(-TRACK), GROUND + 6, at(TRACK), GROUND + 6, colours.line, 2);
  for (const end of [-TRACK, TRACK]) line(drawing, at(end), GROUND + 1, at(end), GROUND + 11, colours.soft, 1.5);
  const place = at(Math.max(-TRACK, Math.min(TRACK, x)));
  const trail = Math.max(-24, Math.min(24, velocity * 10));
  line(drawing, place, GROUND + 12, place + trail, GROUND + 12, colours.soft, 2);
  svg("rect", drawing, { x: place - 12, y: GROUND - 7, width: 24, height: 12, rx: 3, fill: colours.soft });
  const top = [place + 48 * Math.sin(angle), GROUND - 5 - 48 * Math.cos(angle)];
  line(drawing, place, GROUND - 5, ...top, colours.series[1], 4);
  const side = action ? 1 : -1;
  const push = colours.diverging[action ? 2 : 0];
  const tip = place + side * 32;
  line(drawing, place + side * 15, GROUND - 1, tip, GROUND - 1, push, 3);
  svg("path", drawing, { d: `M${tip + side * 6} ${GROUND - 1} l${-side * 8} -5 v10 z`, fill: push });
};

const number = (value) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(1);

const draw = () => {
  const { cards = [], widest = 1 } = props.value || {};
  const colours = palette();
  grid.setAttribute("aria-label", word("label"));
  grid.dataset.empty = cards.length ? "" : word("empty");
  const focused = grid.contains(document.activeElement) ? [...grid.children].indexOf(document.activeElement) : -1;
  grid.replaceChildren();
  cards.forEach((card, index) => {
    const tile = make("button", "nl-transition", grid, { "data-index": index, type: "button" });
    tile.classList.toggle("nl-selected", Boolean(card.selected));
    picture(tile, card, colours);
    const end = card.end ? word(card.end) : "";
    make("span", "nl-end", tile).textContent = end;
    make("span", "nl-numbers", tile).textContent =
      `${word("target")} ${number(card.target)} · ${word("error")} ${card.error > 0 ? "+" : ""}${number(card.error)}`;
    const bar = make("i", "nl-error", make("span", "nl-scale", tile));
    const share = Math.min(1, Math.abs(card.error) / widest) / 2;
    bar.style.width = `${100 * share}%`;
    bar.style.left = card.error < 0 ? `${50 - 100 * share}%` : "50%";
    bar.style.background = colours.diverging[card.error < 0 ? 0 : 2];
    const spoken = [word(card.action ? "right" : "left"), end, tile.textContent.trim()].filter(Boolean);
    tile.setAttribute("aria-label", spoken.join(", "));
  });
  if (focused >= 0) grid.children[focused]?.focus();
};

grid.addEventListener("click", (event) => {
  const tile = event.target.closest(".nl-transition");
  if (tile) trigger("picked", { index: Number(tile.dataset.index) });
});

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
