// What is cut is known here; the page is told all of it at each change.
const box = element.querySelector(".nl-boards");
const boards = make("div", "nl-boards-row", box);
const foot = make("div", "nl-controls nl-boards-foot", box);
const legend = make("span", "nl-caption", foot);
const restore = make("button", "nl-text-button", foot, { type: "button" });
const PARTS = ["encoder", "decoder", "cross"];
let drawn = ""; // what stands there, as a text
let cut = new Set(); // "cross-1-2" for a head, "decoder-1" for a layer

const stackOf = (part) => (part === "encoder" ? part : "decoder");
const gone = (part, layer, head) => cut.has(`${part}-${layer}-${head}`) || cut.has(`${stackOf(part)}-${layer}`);
const tell = () => trigger("changed", { gone: [...cut].join() });
const toggle = (key) => {
  if (!cut.delete(key)) cut.add(key);
  draw();
  tell();
};

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const number = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

const draw = () => {
  const { layers = 0, heads: count = 0, ...given } = props.value || {};
  box.dataset.empty = layers ? "" : word("empty");
  boards.hidden = foot.hidden = !layers;
  if (!layers) return;
  // Made anew under a finger that is pressing one of them, a button would miss its click.
  const now = JSON.stringify([props.value, props.words, [...cut], isDark()]);
  if (now === drawn) return;
  drawn = now;
  const colours = palette();
  const [low, middle, high] = colours.diverging.map(rgb);
  const most = Math.max(...PARTS.flatMap((part) => given[part].flat().map(Math.abs)), 1e-6);
  const shade = (value) => {
    const share = Math.sqrt(Math.abs(value) / most);
    return `rgb(${middle.map((from, i) => Math.round(from + ((value < 0 ? low : high)[i] - from) * share)).join()})`;
  };
  const focused = document.activeElement?.dataset?.key;
  boards.replaceChildren();
  for (const part of PARTS) {
    const board = make("div", "nl-board", boards, { role: "group" });
    board.setAttribute("aria-label", word(part));
    board.style.setProperty("--nl-count", String(count));
    make("b", "", board).textContent = word(part);
    for (let head = 0; head < count; head++) make("span", "nl-caption", board).textContent = String(head + 1);
    for (let layer = 0; layer < layers; layer++) {
      const key = `${stackOf(part)}-${layer}`;
      const name = make(part === "cross" ? "span" : "button", "nl-layer", board, part === "cross" ? {} : { type: "button" });
      name.textContent = `${word("layer")} ${layer + 1}`;
      if (part !== "cross") {
        name.dataset.key = key;
        name.setAttribute("aria-pressed", String(cut.has(key)));
        name.addEventListener("click", () => toggle(key));
      }
      for (let head = 0; head < count; head++) {
        const worth = given[part][layer][head];
        const cell = make("button", "nl-cell", board, { type: "button" });
        cell.dataset.key = `${part}-${layer}-${head}`;
        cell.style.background = shade(worth);
        cell.setAttribute("aria-pressed", String(gone(part, layer, head)));
        label(cell, `${word(part)}, ${word("layer")} ${layer + 1}, ${word("head")} ${head + 1}: ${word("worth")} ${number(worth)}`);
        cell.addEventListener("click", () => toggle(cell.dataset.key));
      }
    }
  }
  legend.replaceChildren(`${word("low")} −${most.toFixed(2)}`);
  make("i", "nl-scale", legend).style.background = `linear-gradient(to right, ${colours.diverging})`;
  legend.append(`+${most.toFixed(2)} ${word("high")}`);
  restore.textContent = word("restore");
  if (focused) boards.querySelector(`[data-key="${focused}"]`)?.focus();
};

restore.addEventListener("click", () => {
  cut = new Set();
  draw();
  trigger("restored", {});
});

// Another network has other heads: what is not there any more cannot stay cut.
const fit = () => {
  const { layers = 0, heads: count = 0 } = props.value || {};
  const before = cut.size;
  if (layers) cut = new Set([...cut].filter((key) => {
    const [, layer, head = 0] = key.split("-").map(Number);
    return layer < layers && head < count;
  }));
  ask();
  if (cut.size < before) tell();
};
// What a link names, "cross-1-2,decoder-1".
const bring = () => {
  const named = (props.brought || "").split(",").filter((key) => /^((en|de)coder-\d+(-\d+)?|cross-\d+-\d+)$/.test(key));
  if (!named.length) return;
  cut = new Set(named);
  tell();
  fit();
};
const ask = painter(draw);
whole(() => {
  bring();
  ask();
});
changes({ value: fit, words: ask, brought: bring });
