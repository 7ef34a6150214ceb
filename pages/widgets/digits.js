const grid = element.querySelector(".nl-digits");
const { size: usualSize, gap: usualGap, clickable } = NETLAB.options;
let shown = [];
let focused = 0;

const build = (count) => {
  focused = 0;
  grid.replaceChildren();
  shown = Array.from({ length: count }, (_, index) => {
    const tile = make(clickable ? "button" : "figure", "nl-tile", grid, { "data-index": index });
    if (clickable) tile.type = "button";
    const title = make("span", "nl-title", tile);
    const canvas = make("canvas", "", tile, { width: 28, height: 28 });
    return { tile, title, canvas, bar: make("i", "nl-bar", tile), caption: make("span", "nl-caption", tile) };
  });
};

const draw = () => {
  const { tiles = [], columns = 0, size = usualSize, gap = usualGap } = props.value || {};
  const colours = palette();
  const tables = {};
  grid.setAttribute("aria-label", word("label"));
  grid.dataset.empty = tiles.length ? "" : word("empty");
  if (tiles.length !== shown.length) build(tiles.length);
  // Whole pixels: seams would show in a grid without gaps.
  const fitting = columns ? Math.floor((grid.clientWidth - (columns - 1) * gap) / columns) : size;
  const side = Math.max(4, Math.min(size, fitting));
  grid.style.gap = `${gap}px`;
  grid.style.gridTemplateColumns = columns ? `repeat(${columns}, ${side}px)` : "";
  grid.classList.toggle("nl-flow", !columns);
  grid.style.setProperty("--nl-side", `${side}px`);
  grid.classList.toggle("nl-seamless", gap === 0);
  const titled = tiles.some((tile) => tile.title);
  const captioned = tiles.some((tile) => tile.caption);
  const marked = tiles.some((tile) => Number.isInteger(tile.digit));
  tiles.forEach((given, index) => {
    const { tile, title, canvas, bar, caption } = shown[index];
    const scale = given.scale || "grey";
    tables[scale] ??= ramp(scale, colours);
    paint(canvas, given.pixels, tables[scale]);
    canvas.style.width = canvas.style.height = `${side}px`;
    title.textContent = title.title = given.title || "";
    title.hidden = !titled;
    caption.textContent = given.caption || "";
    caption.hidden = !captioned;
    bar.hidden = !marked;
    bar.style.background = Number.isInteger(given.digit) ? colours.digits[given.digit] : "transparent";
    tile.classList.toggle("nl-selected", Boolean(given.selected));
    const spoken = [given.title, given.caption].filter(Boolean).join(", ");
    tile.setAttribute("aria-label", given.label || spoken || `${word("label")} ${index + 1}`);
    if (!clickable) tile.setAttribute("role", "img");
    else tile.tabIndex = index === focused ? 0 : -1;
  });
};

// One stop for the Tab key; the arrows walk from tile to tile.
const walk = (event) => {
  const top = shown[0].tile.offsetTop;
  const columns = shown.filter(({ tile }) => tile.offsetTop === top).length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const next = focused + (steps[event.key] || 0);
  if (!(event.key in steps) || next < 0 || next >= shown.length) return;
  event.preventDefault();
  shown[next].tile.focus();
};

if (clickable) {
  grid.addEventListener("keydown", walk);
  grid.addEventListener("focusin", (event) => {
    const tile = event.target.closest(".nl-tile");
    if (!tile) return;
    shown[focused].tile.tabIndex = -1;
    focused = Number(tile.dataset.index);
    tile.tabIndex = 0;
  });
  grid.addEventListener("click", (event) => {
    const tile = event.target.closest(".nl-tile");
    if (tile) trigger("tile_click", { index: Number(tile.dataset.index) });
  });
}

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
