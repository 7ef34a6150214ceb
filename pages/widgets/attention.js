// One translation's attention. Row t of cross and decoder is the position that writes target[t].
const box = element.querySelector(".nl-attention");
const PARTS = ["cross", "encoder", "decoder"];
const GREATEST = 38; // pixels a cell
const LEAST = 7;
const ratio = Math.min(2, window.devicePixelRatio || 1);

const bar = make("div", "nl-chips", box, { role: "group" });
const lines = make("div", "nl-lines", box);
const hint = make("div", "nl-caption", box, { "aria-live": "polite" });
const body = make("div", "nl-attention-body", box);
const scroll = make("div", "nl-scroll", body, { tabindex: 0 });
const map = make("canvas", "nl-plot", scroll, { role: "img" });
const heads = make("div", "nl-heads", body, { role: "group" });

const chosen = { part: "cross", layer: -1, head: -1 };
let at = [-1, -1]; // the row and the column that are pointed at
let held = false; // by a click, until the next
let weights = {}; // of every part
let mean = null; // rows of the chosen head, or of the mean of several
let tokens = { rows: [], columns: [] };

const value = () => props.value || {};
// The heads of a part one after the other, each N × M.
const sizes = (part) => {
  const { source = [], target = [] } = value();
  const [s, t] = [source.length, target.length];
  return { cross: [t, s], encoder: [s, s], decoder: [t, t] }[part];
};

const combine = () => {
  const { layers, heads: count } = value();
  const [n, m] = sizes(chosen.part);
  const all = weights[chosen.part];
  const sum = new Float32Array(n * m);
  let taken = 0;
  for (let layer = 0; layer < layers; layer++) {
    if (chosen.layer >= 0 && layer !== chosen.layer) continue;
    for (let head = 0; head < count; head++) {
      if (chosen.head >= 0 && head !== chosen.head) continue;
      const start = (layer * count + head) * n * m;
      for (let i = 0; i < n * m; i++) sum[i] += all[start + i];
      taken++;
    }
  }
  for (let i = 0; i < n * m; i++) sum[i] /= taken || 1;
  mean = sum;
};

const select = (name, count) => {
  const holder = make("label", "nl-strength", null);
  const title = make("span", "", holder);
  const node = make("select", "nl-select", holder);
  node.addEventListener("change", () => choose({ [name]: Number(node.value) }));
  return { holder, title, node, name, count };
};
const parts = PARTS.map((part) => {
  const chip = make("button", "nl-chip", bar, { type: "button" });
  chip.addEventListener("click", () => choose({ part }));
  return { part, chip };
});
const choices = [select("layer", () => value().layers), select("head", () => value().heads)];
for (const { holder } of choices) bar.append(holder);

const choose = (change) => {
  Object.assign(chosen, change);
  at = [-1, -1];
  held = false;
  draw();
  trigger("chosen", { ...chosen });
};

const fillControls = () => {
  for (const { part, chip } of parts) {
    chip.textContent = word(part);
    chip.setAttribute("aria-pressed", String(part === chosen.part));
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

// The two sentences. Pointing at a piece that looks lights up what it looks at, and the reverse.
const sentence = (title, pieces, side, language) => {
  const line = make("div", "nl-line", lines, { lang: language });
  make("span", "nl-caption", line).textContent = title;
  const text = make("span", "nl-words", line);
  pieces.forEach((piece, index) => {
    const node = make("button", "nl-piece", text, { type: "button" });
    node.textContent = plain(piece);
    node.classList.toggle("nl-mark", piece.startsWith("<"));
    node.classList.toggle("nl-joined", index > 0 && joined(piece));
    const point = () => aim(side === "row" ? [index, -1] : [-1, index]);
    node.addEventListener("pointerenter", () => held || point());
    node.addEventListener("pointerleave", () => held || aim([-1, -1]));
    node.addEventListener("focus", () => held || point());
    node.addEventListener("click", () => {
      held = !held;
      point();
    });
  });
  return [...text.children];
};

let nodes = { row: [], column: [] };
const fillSentences = () => {
  const { source = [], target = [], input = [] } = value();
  const french = ["french", target, "fr"];
  const english = ["english", source, "en"];
  const [rows, columns] = {
    cross: [french, english],
    encoder: [english, english],
    decoder: [french, ["sofar", input, "fr"]],
  }[chosen.part];
  tokens = { rows: rows[1], columns: columns[1] };
  lines.replaceChildren();
  const name = (key, what) => `${word(key)} · ${word(what)}`;
  nodes = {
    row: sentence(name(rows[0], "looks"), rows[1], "row", rows[2]),
    column: sentence(name(columns[0], "looked"), columns[1], "column", columns[2]),
  };
};

const aim = (place) => {
  at = place;
  light();
  drawMap();
};

const light = () => {
  const [n, m] = [tokens.rows.length, tokens.columns.length];
  const [row, column] = at;
  const shade = (list, strength) => {
    const most = Math.max(...list.map((_, i) => strength(i)), 1e-9);
    list.forEach((node, i) => {
      const share = strength(i);
      node.style.setProperty("--nl-share", String(share / most));
      node.classList.toggle("nl-lit", share > 0);
    });
  };
  const none = () => 0;
  shade(nodes.column, row < 0 ? none : (i) => (column >= 0 ? Number(i === column) : mean[row * m + i]));
  shade(nodes.row, column < 0 ? none : (i) => (row >= 0 ? Number(i === row) : mean[i * m + column]));
  nodes.row.forEach((node, i) => node.classList.toggle("nl-here", i === row));
  nodes.column.forEach((node, i) => node.classList.toggle("nl-here", i === column));
  hint.textContent = said(n, m);
};

const said = (n, m) => {
  const [row, column] = at;
  if (row < 0 && column < 0) return word("hint");
  if (row >= 0 && column >= 0) {
    const share = (100 * mean[row * m + column]).toFixed(1);
    return `${plain(tokens.rows[row])} → ${plain(tokens.columns[column])}: ${share} %`;
  }
  const [list, pieces] = row >= 0
    ? [tokens.columns.map((_, i) => mean[row * m + i]), tokens.columns]
    : [tokens.rows.map((_, i) => mean[i * m + column]), tokens.rows];
  const best = list.map((share, i) => [share, i]).sort((a, b) => b[0] - a[0]).slice(0, 4);
  const told = best.map(([share, i]) => `${plain(pieces[i])} ${(100 * share).toFixed(0)} %`).join(" · ");
  return row >= 0 ? `${plain(tokens.rows[row])} → ${told}` : `${told} → ${plain(tokens.columns[column])}`;
};

const rgb = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
const shades = (colours) => {
  const [back, full] = [rgb(colours.diverging[1]), rgb(colours.accent)];
  // The square root: small weights would not be seen beside one that has nearly all.
  return (share) => back.map((low, i) => Math.round(low + (full[i] - low) * Math.sqrt(share)));
};

let layout = { cell: 0, left: 0, top: 0 };
const drawMap = () => {
  const [n, m] = [tokens.rows.length, tokens.columns.length];
  const colours = palette();
  const tint = shades(colours);
  const font = (size) => `${size}px ${colours.font}`;
  const context = map.getContext("2d");
  const room = Math.max(160, (scroll.clientWidth || element.clientWidth) - 4);
  context.font = font(12);
  const width = (pieces) => Math.min(110, Math.max(...pieces.map((piece) => context.measureText(plain(piece)).width), 20));
  const [left, top] = [width(tokens.rows) + 14, width(tokens.columns) * 0.8 + 22];
  const cell = Math.max(LEAST, Math.min(GREATEST, Math.floor((room - left - 8) / m)));
  layout = { cell, left, top };
  const [wide, high] = [left + cell * m + top * 0.8, top + cell * n + 4];
  map.width = Math.round(wide * ratio);
  map.height = Math.round(high * ratio);
  map.style.width = `${wide}px`;
  map.style.height = `${high}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, wide, high);
  const gap = cell > 11 ? 1 : 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      context.fillStyle = `rgb(${tint(mean[i * m + j]).join()})`;
      context.fillRect(left + j * cell, top + i * cell, cell - gap, cell - gap);
    }
  }
  if (cell < 9) return mark(context, colours, n, m);
  context.font = font(Math.min(12, cell));
  context.textBaseline = "middle";
  const ink = (on) => {
    context.fillStyle = on ? colours.accent : colours.text;
    context.font = `${on ? "600 " : ""}${font(Math.min(12, cell))}`;
  };
  context.textAlign = "end";
  tokens.rows.forEach((piece, i) => {
    ink(i === at[0]);
    context.fillText(plain(piece), left - 6, top + (i + 0.5) * cell, left - 8);
  });
  context.textAlign = "start";
  tokens.columns.forEach((piece, j) => {
    ink(j === at[1]);
    context.save();
    context.translate(left + (j + 0.5) * cell, top - 6);
    context.rotate(-Math.PI / 3.4);
    context.fillText(plain(piece), 0, 0, 120);
    context.restore();
  });
  mark(context, colours, n, m);
};

const mark = (context, colours, n, m) => {
  const { cell, left, top } = layout;
  context.strokeStyle = colours.text;
  context.lineWidth = 1.5;
  if (at[0] >= 0) context.strokeRect(left, top + at[0] * cell, cell * m, cell);
  if (at[1] >= 0) context.strokeRect(left + at[1] * cell, top, cell, cell * n);
};

const cellUnder = (event) => {
  const { cell, left, top } = layout;
  const place = [Math.floor((event.offsetY - top) / cell), Math.floor((event.offsetX - left) / cell)];
  const inside = place[0] >= 0 && place[1] >= 0 && place[0] < tokens.rows.length && place[1] < tokens.columns.length;
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
  const [n, m] = sizes(chosen.part);
  const tint = shades(palette());
  heads.replaceChildren();
  heads.setAttribute("aria-label", word("all"));
  heads.style.setProperty("--nl-count", String(count));
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < count; head++) {
      const button = make("button", "nl-head", heads, { type: "button" });
      const here = layer === chosen.layer && head === chosen.head;
      button.classList.toggle("nl-selected", here);
      label(button, `${word("layer")} ${layer + 1}, ${word("head")} ${head + 1}`);
      button.setAttribute("aria-pressed", String(here));
      const small = make("canvas", "", button);
      small.width = m;
      small.height = n;
      const image = new ImageData(m, n);
      const start = (layer * count + head) * n * m;
      for (let i = 0; i < n * m; i++) image.data.set([...tint(weights[chosen.part][start + i]), 255], 4 * i);
      small.getContext("2d", { willReadFrequently: true }).putImageData(image, 0, 0);
      make("span", "nl-caption", button).textContent = `${layer + 1}.${head + 1}`;
      button.addEventListener("click", () => choose(here ? { layer: -1, head: -1 } : { layer, head }));
    }
  }
};

const draw = () => {
  const there = (value().target || []).length > 0;
  box.dataset.empty = there ? "" : word("empty");
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
  if (NETLAB.options.grid) drawHeads();
};

const unpack = () => {
  for (const part of PARTS) weights[part] = numbers(value()[part]);
  at = [-1, -1];
  held = false;
  ask();
};
const ask = painter(draw);
whole(unpack);
changes({ value: unpack, words: ask });
