// The tokens so far in a line, and under it the likeliest next ones as bars.
const box = element.querySelector(".nl-steps");
const title = make("span", "nl-caption", box);
const line = make("div", "nl-words nl-path", box, { role: "group", lang: "fr" });
const second = make("span", "nl-caption", box);
const list = make("div", "nl-bars", box, { role: "group", lang: "fr" });

const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

const bar = (piece, share, token) => {
  const node = make(token < 0 ? "div" : "button", "nl-next", list, token < 0 ? {} : { type: "button" });
  const name = make("span", "nl-token", node);
  name.textContent = token < 0 ? word("rest") : (joined(piece) ? "·" : "") + plain(piece);
  const track = make("span", "nl-track", node);
  make("i", "", track).style.width = `${100 * share}%`;
  make("b", "", node).textContent = percent(share);
  if (token < 0) return;
  label(node, `${plain(piece)}, ${percent(share)}`);
  node.addEventListener("click", () => trigger("picked", { token }));
};

const draw = () => {
  const { path = [], bars = [], rest = 0, over = false } = props.value || {};
  const there = bars.length > 0 || over;
  box.dataset.empty = there ? "" : word("empty");
  for (const node of [title, line, second, list]) node.hidden = !there;
  if (!there) return;
  const focused = [...list.children].indexOf(document.activeElement);
  title.textContent = word("so_far");
  line.setAttribute("aria-label", word("so_far"));
  line.replaceChildren();
  ["<s>", ...path].forEach((piece, index) => {
    const node = make("button", "nl-piece", line, { type: "button" });
    node.textContent = plain(piece);
    node.classList.toggle("nl-mark", piece.startsWith("<"));
    node.classList.toggle("nl-joined", index > 1 && joined(piece));
    label(node, `${word("back")} ${plain(piece)}`);
    node.addEventListener("click", () => trigger("kept", { count: Math.max(0, index - 1) }));
  });
  second.textContent = word(over ? "over" : "next");
  list.setAttribute("aria-label", word("label"));
  list.replaceChildren();
  for (const { token, piece, share } of bars) bar(piece, share, token);
  if (bars.length) bar("", rest, -1);
  if (focused >= 0) list.children[0]?.focus();
};

const ask = painter(draw);
whole(ask);
changes({ value: ask, words: ask });
