// What a hand can do: choose the game and its pace, hold, step, shove, drive; by mouse, keys or thumbs.
// hands: what each of them calls. Keys belong to the canvas, so that the page keeps its own.
const controls = ({ bar, stage, canvas, modes, paces, hands }) => {
  const chips = (names, call) => {
    const group = make("div", "nl-chips", bar, { role: "group" });
    return names.map((name) => {
      const chip = make("button", "nl-chip", group, { type: "button" });
      chip.addEventListener("click", () => call(name));
      return { name, chip };
    });
  };
  const games = modes.length > 1 ? chips(modes, hands.choose) : [];
  const tempos = chips(paces, hands.pace);

  const row = make("div", "nl-controls nl-cart-row");
  stage.after(row);
  const run = make("div", "nl-controls", row);
  const button = make("button", "nl-button", run, { type: "button" });
  const small = ["once", "again"].map((name) => {
    const node = make("button", "nl-text-button", run, { type: "button" });
    node.addEventListener("click", hands[name]);
    return { name, node };
  });
  button.addEventListener("click", hands.toggle);

  const shoving = make("div", "nl-controls nl-shoves", row, { role: "group" });
  const pairs = ["cart", "pole"].map((what) => {
    const pair = make("div", "nl-pair", shoving);
    const sides = [-1, 1].map((side) => {
      const node = make("button", "nl-text-button", null, { type: "button" });
      node.textContent = side < 0 ? "←" : "→";
      node.addEventListener("click", () => hands.shove(what === "pole", side));
      return { side, node };
    });
    const title = make("span", "");
    pair.append(sides[0].node, title, sides[1].node);
    return { what, title, sides };
  });
  const strong = make("label", "nl-strength", shoving);
  const strongName = make("span", "nl-caption", strong);
  const strength = make("input", "nl-scrub", strong, { type: "range", min: 0.1, max: 2, step: 0.1, value: 0.6 });
  strength.addEventListener("input", () => hands.strength(Number(strength.value)));

  const thumbs = make("div", "nl-thumbs", null);
  stage.after(thumbs);
  const pads = ["left", "right"].map((side) => {
    const node = make("button", "nl-thumb-pad", thumbs, { type: "button", tabindex: -1 });
    node.textContent = side === "left" ? "←" : "→";
    const press = (down) => (event) => {
      event.preventDefault();
      node.classList.toggle("nl-down", down);
      if (down) hands.onceMore();
      hands.press(side, down);
    };
    node.addEventListener("pointerdown", (event) => {
      node.setPointerCapture(event.pointerId);
      press(true)(event);
    });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, press(false));
    node.addEventListener("contextmenu", (event) => event.preventDefault());
    return { side, node };
  });

  const SIDES = { ArrowLeft: "left", ArrowRight: "right", a: "left", d: "right" };
  const DOES = { " ": "toggle", ".": "once", n: "again" };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const side = SIDES[event.key] || SIDES[event.key.toLowerCase()];
    const tempo = paces["1234".indexOf(event.key)];
    if (side) {
      if (!event.repeat) {
        hands.onceMore();
        hands.press(side, true);
        hands.shove(event.shiftKey, side === "left" ? -1 : 1);
      }
    } else if (DOES[event.key]) hands[DOES[event.key]]();
    else if (tempo) hands.pace(tempo);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("keyup", (event) => {
    const side = SIDES[event.key] || SIDES[event.key.toLowerCase()];
    if (side) hands.press(side, false);
  });
  canvas.addEventListener("blur", () => ["left", "right"].forEach((side) => hands.press(side, false)));
  // A finger or the mouse pokes: from the side on which it touches, the pole above, the cart below.
  canvas.addEventListener("pointerdown", (event) => hands.poke(event.offsetX, event.offsetY));

  const say = () => {
    for (const { name, chip } of [...games, ...tempos]) chip.textContent = word(name);
    for (const { name, node } of small) node.textContent = word(name);
    for (const { what, title, sides } of pairs) {
      title.textContent = word(`${what}_shove`);
      for (const { side, node } of sides) label(node, word(`${what}_${side < 0 ? "left" : "right"}`));
    }
    for (const { side, node } of pads) label(node, word(`drive_${side}`));
    strongName.textContent = word("strength");
    canvas.setAttribute("aria-label", word("label"));
  };
  // mode, pace: as chosen; playing: whether time runs; known: whether there is an agent to watch.
  const show = ({ mode, pace, playing, known }) => {
    for (const { name, chip } of games) chip.setAttribute("aria-pressed", name === mode);
    for (const { name, chip } of tempos) chip.setAttribute("aria-pressed", name === pace);
    button.classList.toggle("nl-playing", playing);
    label(button, word(playing ? "hold" : "go"));
    shoving.hidden = mode !== "watch";
    thumbs.hidden = mode === "watch";
    small[0].node.hidden = mode !== "watch";
    for (const node of [button, ...row.querySelectorAll("button")]) node.disabled = !known && mode !== "play";
  };
  return { say, show };
};
