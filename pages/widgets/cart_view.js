// What the loop of cart.js shows of its tracks, and says of them: reads its variables, changes none.

// Whether the agent's race is over, and the visitor's is not.
const beaten = () => agent.ended && time > lastStep(agent);

const saying = () => {
  if (trouble) return trouble;
  if (film()) return "";
  if (!known() && mode !== "play") return word("empty");
  if (phase === "ready") return mine ? word(mode === "race" ? "race_hint" : "play_hint") : "";
  if (phase !== "over") return mine && agent && beaten() ? word("won") : "";
  const seconds = (lastStep(mine || agent) / cartpole.rate).toFixed(1);
  const verdict = `${word(endOf(mine || agent))} ${seconds} ${word("seconds")}`;
  if (!mine) return verdict;
  const rival = agent ? Math.min(lastStep(agent), Math.floor(time)) : -1;
  const own = lastStep(mine);
  const outcome = !agent ? "" : own > rival ? word("won") : word(endOf(mine) === "time" ? "draw" : "lost_race");
  return [verdict, outcome, resting > 0.8 ? word("once_more") : ""].filter(Boolean).join(" · ");
};

const picture = (track, at, colour, title, faded) => {
  const shown = shownAt(track, time);
  const still = shown.force === null || shown.fallen || phase === "ready";
  // Fifty changes a second are a blur: what is seen is how often, of late, each side was pushed.
  const quick = until === Infinity && playing ? Math.min(1, 0.16 / Math.min(1, PACES[pace])) : 1;
  const forces = smooth[at];
  for (const side of [0, 1]) forces[side] += (Number(!still && shown.force === side) - forces[side]) * quick;
  const strong = Math.min(2, Math.sqrt(world().force / cartpole.usual.force));
  const state = shown.fallen && endOf(track) === "fell" && phase === "over" ? fallOn(shown.state, world(), Math.min(1.2, resting)) : shown.state;
  return { ...shown, track, drawn: { state, forces: forces.map((share) => share * strong), colour, title, faded } };
};

const draw = (now) => {
  colours ??= { ...palette(), ...(isDark() ? { bad: "#fb7185", pole: "#d6a676", shove: "#f472b6" } : { bad: "#e11d48", pole: "#b07d4b", shove: "#be185d" }) };
  const width = stage.clientWidth;
  const height = stage.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const place = scene.layout(width, height, world());
  scene.backdrop(context, place, colours);
  const titled = Boolean(agent && mine);
  const pictures = [
    agent && picture(agent, 0, colours.accent, titled ? word("agent") : "", titled),
    mine && picture(mine, 1, colours.series[2], titled ? word("you") : "", false),
  ].filter(Boolean);
  for (const { drawn } of pictures) scene.cart(context, place, drawn, world(), colours);
  const first = pictures[pictures.length - 1];
  if (first) {
    for (const each of shoves) scene.shove(context, place, each, first.state, world(), colours);
    const told = agent && !film() ? pictures[0] : null;
    const steps = Math.floor(time);
    const judged = told || first; // in a race the figures are the agent's: state and Q belong together
    meters?.show({
      title: titled ? word("agent") : "", state: judged.state, q: told?.q, v: told?.v ?? null, action: judged.action,
      actions: () => chosenSoFar(judged.track, judged.index), steps: Math.min(steps, lastStep(judged.track)),
      limit: limit(), mind: mode !== "play", colours, ratio, now, moving: moving(),
    });
    if (called) {
      const detail = { name: called, state: judged.state, q: told?.q, v: told?.v ?? null, action: told?.action, step: steps };
      window.dispatchEvent(new CustomEvent("netlab:cart", { detail }));
    }
    Object.assign(canvas.dataset, { step: steps, state: first.state.map((value) => value.toFixed(4)).join(" ") });
  }
  const said = saying();
  if (note.textContent !== said) note.textContent = said;
  note.classList.toggle("nl-on", Boolean(said));
  canvas.dataset.phase = phase;
  canvas.dataset.frames = Number(canvas.dataset.frames) + 1;
};
