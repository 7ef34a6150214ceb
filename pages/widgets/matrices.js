// Each matrix is a canvas of cells; its numbers are read by pointing at them.
const box = element.querySelector(".nl-matrices");
const flow = make("div", "nl-matrices-row", box, { role: "group" });
const read = make("div", "nl-caption", box, { "aria-live": "polite" });
const ratio = Math.min(2, window.devicePixelRatio || 1);
const SIDE = 300; // pixels that a matrix takes at most
const LEGIBLE = 11; // pixels of a cell beside which a name can be read

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const number = (value) => {
  if (value === -Infinity || value < -1e8) return "−∞";
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1).replace("-", "−");
};

// The pieces that look, down the left side, and those that are looked at, along the top.
const labelSides = ({ rows, columns }, cell, parent) => {
  parent.classList.add("nl-named");
  for (const [side, pieces] of [["top", columns], ["left", rows]]) {
    const names = make("div", `nl-names ${side}`, parent, { "aria-hidden": "true" });
    names.style.setProperty("--cell", `${cell}px`);
    for (const piece of pieces) make("span", "", names).textContent = plain(piece);
  }
};

const paintGrid = (grid, parent, colours) => {
  const [n, m] = grid.shape;
  const values = numbers(grid.values);
  const cell = Math.max(3, Math.min(18, Math.floor(SIDE / Math.max(n, m))));
  const figure = make("figure", "nl-matrix", parent);
  const caption = make("figcaption", "", figure);
  make("b", "", caption).textContent = grid.name;
  make("span", "nl-caption", caption).textContent = ` ${n} × ${m}`;
  const scroll = make("div", "nl-scroll", figure);
  if (grid.columns?.length && cell >= LEGIBLE) labelSides(grid, cell, scroll);
  const canvas = make("canvas", "", scroll, { role: "img", "aria-label": `${grid.name}, ${n} × ${m}` });
  canvas.width = m * cell * ratio;
  canvas.height = n * cell * ratio;
  canvas.style.width = `${m * cell}px`;
  canvas.style.height = `${n * cell}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const [low, middle, high] = colours.diverging.map(rgb);
  const accent = rgb(colours.accent);
  const finite = [...values].filter((value) => Number.isFinite(value) && value > -1e8);
  const reach = Math.max(...finite.map(Math.abs), 1e-9);
  const scale = { signed: ` · ±${number(reach)}`, share: " · 0–1" }[grid.kind] ?? "";
  make("span", "nl-caption", caption).textContent = scale;
  const shade = (value) => {
    if (grid.kind === "signed") {
      const end = value < 0 ? low : high;
      return middle.map((from, i) => from + (end[i] - from) * Math.min(1, Math.abs(value) / reach));
    }
    return middle.map((from, i) => from + (accent[i] - from) * Math.sqrt(value));
  };
  const gap = cell > 7 ? 1 : 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const value = values[i * m + j];
      const shut = value < -1e8 || (grid.kind === "mask" && !value);
      context.fillStyle = shut ? colours.line : `rgb(${shade(value).map(Math.round).join()})`;
      context.fillRect(j * cell, i * cell, cell - gap, cell - gap);
    }
  }
  if (grid.row >= 0 && grid.row < n) {
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    context.strokeRect(1, grid.row * cell, m * cell - 2, cell);
  }
  const under = (event) => [Math.floor(event.offsetY / cell), Math.floor(event.offsetX / cell)];
  canvas.addEventListener("pointermove", (event) => {
    const [i, j] = under(event);
    if (i < 0 || j < 0 || i >= n || j >= m) return;
    const names = [grid.rows?.[i], grid.columns?.[j]].filter(Boolean).map(plain).join(" → ");
    read.textContent = `${grid.name} [${i + 1}, ${j + 1}]${names ? ` ${names}` : ""} = ${number(values[i * m + j])}`;
  });
  if (grid.row >= 0) {
    canvas.style.cursor = "pointer";
    canvas.addEventListener("click", (event) => trigger("picked", { row: Math.max(0, Math.min(n - 1, under(event)[0])) }));
  }
};

const draw = () => {
  const { grids = [] } = props.value || {};
  box.dataset.empty = grids.length ? "" : word("empty");
  flow.setAttribute("aria-label", word("label"));
  flow.replaceChildren();
  read.textContent = grids.length ? word("numbers") : "";
  const colours = palette();
  for (const grid of grids) paintGrid(grid, flow, colours);
};

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
