// Columns are steps. A branch is drawn when the search looked at it; what it did not keep is grey.
const box = element.querySelector(".nl-tree");
const scroll = make("div", "nl-scroll", box, { tabindex: 0 });
const legend = make("div", "nl-caption nl-tree-legend", box);
const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH, LEFT, TOP] = [108, 27, 54, 22];

const svg = (tag, parent, given) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
  parent.append(made);
  return made;
};
const number = (value) => value.toFixed(2).replace("-", "−");

const draw = () => {
  const { nodes = [] } = props.value || {};
  box.dataset.empty = nodes.length ? "" : word("empty");
  scroll.replaceChildren();
  legend.replaceChildren();
  if (!nodes.length) return;
  const colours = palette();
  const back = getComputedStyle(element).getPropertyValue("--body-background-fill");
  const ranks = new Map();
  const places = new Map([[-1, { x: LEFT, y: TOP }]]);
  for (const node of nodes) {
    const rank = ranks.get(node.step) || 0;
    ranks.set(node.step, rank + 1);
    places.set(node.number, { x: LEFT + (node.step + 1) * WIDE, y: TOP + rank * HIGH });
  }
  const width = LEFT + (Math.max(...ranks.keys()) + 1) * WIDE + 60;
  const height = TOP + Math.max(...ranks.values()) * HIGH;
  const drawing = svg("svg", scroll, { width, height, role: "img", "aria-label": word("label") });
  const style = ({ won, kept, ended }) =>
    won ? [colours.accent, 3, 1] : kept || ended ? [colours.soft, 1.5, 1] : [colours.line, 1, 0.9];
  const text = (parent, x, y, said, fill, size, weight = 400, anchor = "middle") => {
    const made = svg("text", parent, { x, y, fill, "font-size": size, "font-weight": weight, "text-anchor": anchor });
    made.textContent = said;
    return made;
  };
  // The winner is drawn last, over the others.
  const ordered = [...nodes].sort((a, b) => Number(a.won) - Number(b.won) || Number(a.kept) - Number(b.kept));
  for (const node of ordered) {
    const [from, to] = [places.get(node.parent), places.get(node.number)];
    const [stroke, line, opacity] = style(node);
    const end = to.x - 34;
    const start = from.x + (node.parent < 0 ? 22 : 34);
    const middle = (start + end) / 2;
    const way = `M${start} ${from.y} C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
    svg("path", drawing, { d: way, fill: "none", stroke, "stroke-width": line, opacity });
  }
  text(drawing, LEFT - 8, TOP + 4, plain("<s>"), colours.soft, 12);
  for (const node of ordered) {
    const { x, y } = places.get(node.number);
    const group = svg("g", drawing, {});
    const faint = !node.kept && !node.ended;
    svg("rect", group, {
      x: x - 34, y: y - 11, width: 68, height: 21, rx: 6, fill: colours.back,
      stroke: node.won ? colours.accent : colours.line, "stroke-width": node.won ? 2 : 1,
      "stroke-dasharray": faint ? "3 3" : "",
    });
    const said = plain(node.piece);
    text(group, x, y + 4, said.length > 9 ? `${said.slice(0, 8)}…` : said, faint ? colours.soft : colours.text, 12, node.won ? 600 : 400);
    const chance = text(group, x - 38, y - 3, number(node.change), faint ? colours.soft : colours.text, 9.5, 400, "end");
    // Branches that cross a number end before it.
    for (const [name, value] of [["stroke", back], ["stroke-width", 3], ["paint-order", "stroke"]]) chance.setAttribute(name, value);
    const state = word(node.won ? "won" : node.ended ? "ended" : node.kept ? "kept" : "pruned");
    svg("title", group, {}).textContent =
      `${said} · ${word("change")} ${number(node.change)} · ${word("total")} ${number(node.total)} · ${state}`;
  }
  for (const [name, colour, dash] of [["won", colours.accent, ""], ["kept", colours.soft, ""], ["pruned", colours.line, "3 3"]]) {
    const item = make("span", "", legend);
    const sample = svg("svg", item, { width: 26, height: 12, "aria-hidden": "true" });
    svg("rect", sample, { x: 1, y: 1, width: 22, height: 10, rx: 4, fill: "none", stroke: colour, "stroke-width": 1.5, "stroke-dasharray": dash });
    item.append(word(name));
  }
};

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
