// Beside the cart: what the agent thinks, what the state is, what was pushed, how long it has lasted.
const gauges = (parent) => {
  const ROWS = [
    { key: "place", unit: "m", limit: cartpole.track, factor: 1, digits: 2, ends: true },
    { key: "velocity", unit: "m/s", limit: 3, factor: 1, digits: 2 },
    { key: "tilt", unit: "°", limit: 12, factor: 180 / Math.PI, digits: 1, ends: true },
    { key: "spin", unit: "°/s", limit: 172, factor: 180 / Math.PI, digits: 0 },
  ];
  const PAST = 150; // steps in the strip of actions
  const node = make("div", "nl-gauges", parent);
  const returned = make("div", "nl-return", node);
  const returnName = make("span", "nl-caption", returned);
  const returnValue = make("b", "", returned);
  const returnTrack = make("div", "nl-meter", node);
  const returnBar = make("i", "", returnTrack);

  const thoughts = make("div", "nl-thoughts", node);
  const sides = [0, 1].map((action) => {
    const side = make("div", "nl-thought", thoughts);
    return { action, side, name: make("span", "", side), value: make("b", "", side) };
  });
  const leanTrack = make("div", "nl-lean", thoughts);
  const lean = make("i", "", leanTrack);
  const leanName = make("span", "nl-caption", thoughts);
  const apart = make("div", "nl-apart", thoughts); // V(s) and A(s, a), of a dueling network
  const streams = ["state_value", "a_left", "a_right"].map((key) => {
    const name = make("span", "nl-caption", apart);
    const rail = make("div", key === "state_value" ? "nl-stream" : "nl-stream nl-lean", apart);
    return { key, name, bar: make("i", "", rail), value: make("b", "", apart) };
  });
  const sum = make("span", "nl-caption", apart);
  apart.hidden = true;
  const strip = make("canvas", "nl-strip-line", node, { role: "img" });

  const rows = ROWS.map((row) => {
    const line = make("div", "nl-state", node);
    const name = make("span", "", line);
    const value = make("b", "", line);
    const rail = make("div", `nl-rail${row.ends ? " nl-ends" : ""}`, line);
    const dot = make("i", "", rail);
    const limits = make("span", "nl-caption", line);
    limits.textContent = row.ends ? `±${row.limit} ${row.unit}` : row.unit;
    return { ...row, name, value, dot };
  });

  let widest = 0.5; // the largest difference of Q seen of late: the lean is drawn against it
  let highest = 1; // the largest V(s) seen
  let written = 0;
  const signed = (value, digits, plus = "+") => {
    const size = Math.abs(value).toFixed(digits);
    return `${Number(size) === 0 ? "" : value < 0 ? "−" : plus}${size}`;
  };

  const say = () => {
    leanName.textContent = word("lean");
    sides.forEach(({ name, action }) => (name.textContent = word(action ? "q_right" : "q_left")));
    for (const { key, name } of [...rows, ...streams]) name.textContent = word(key);
    sum.textContent = word("sum");
    strip.setAttribute("aria-label", word("actions"));
    returnTrack.title = word("return_note");
    written = 0;
  };

  const paintStrip = (actions, colours, ratio) => {
    const [width, height] = [strip.clientWidth, strip.clientHeight];
    if (strip.width !== Math.round(width * ratio) || strip.height !== Math.round(height * ratio)) {
      strip.width = Math.round(width * ratio);
      strip.height = Math.round(height * ratio);
    }
    const context = strip.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.globalAlpha = 0.5;
    context.fillStyle = colours.line;
    context.fillRect(0, height / 2 - 0.5, width, 1);
    context.globalAlpha = 1;
    const wide = width / PAST;
    const shown = actions.slice(-PAST);
    for (const action of [0, 1]) {
      context.fillStyle = colours.diverging[action ? 2 : 0];
      shown.forEach((each, at) => {
        if (each !== action) return;
        context.fillRect(width - (shown.length - at) * wide, action ? 1 : height / 2 + 1, Math.max(1, wide - 0.4), height / 2 - 2);
      });
    }
  };

  // title: whose they are, or ""; state: as shown; q: pair or null where nobody was asked; v: V(s) or null; actions: gives all so far; action: the last chosen.
  const show = ({ title, state, q, v, action, actions, steps, limit, mind, colours, ratio, now, moving }) => {
    thoughts.hidden = !mind;
    rows.forEach(({ dot, limit, factor }, at) => {
      const share = Math.max(-1, Math.min(1, (state[at] * factor) / limit));
      dot.style.left = `${50 + 50 * share}%`;
      dot.classList.toggle("nl-close", Math.abs(share) > 0.8);
    });
    returnBar.style.transform = `scaleX(${Math.min(1, steps / cartpole.steps)})`;
    // Figures that change at every frame cannot be read; the bars beside them tell of the same frame.
    if (moving && now - written < 90) return;
    written = now;
    if (q) {
      const difference = q[1] - q[0];
      widest = Math.max(0.5, Math.abs(difference), widest * 0.998);
      lean.style.transform = `scaleX(${difference / widest})`;
      lean.style.background = colours.diverging[difference < 0 ? 0 : 2];
    }
    const parts = q && v !== null ? [v, q[0] - v, q[1] - v] : null;
    apart.hidden = !parts;
    if (parts) {
      highest = Math.max(highest, Math.abs(v));
      streams.forEach(({ bar }, at) => {
        bar.style.transform = `scaleX(${parts[at] / (at ? widest / 2 : highest)})`;
        bar.style.background = at ? colours.diverging[at === 1 ? 0 : 2] : colours.accent;
      });
    }
    returnName.textContent = [title, word("return")].filter(Boolean).join(" · ");
    returnValue.textContent = limit ? `${steps} / ${limit}` : steps;
    node.dataset.action = action ?? "";
    sides.forEach(({ side, value, action: own }) => {
      side.style.setProperty("--nl-colour", colours.diverging[own ? 2 : 0]);
      side.classList.toggle("nl-chosen", own === action);
      value.textContent = q ? signed(q[own], 2, "") : "–";
    });
    streams.forEach(({ value }, at) => parts && (value.textContent = signed(parts[at], 2, at ? "+" : "")));
    rows.forEach(({ value, factor, digits }, at) => (value.textContent = signed(state[at] * factor, digits)));
    paintStrip(actions(), colours, ratio);
  };
  return { node, say, show };
};
