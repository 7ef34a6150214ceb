// What the server is asked for, and when.

const wanted = (track) => {
  const ahead = lastStep(track) - time;
  const rate = cartpole.rate * PACES[pace];
  return ahead < Math.max(12, 0.45 * rate) ? Math.round(Math.max(20, Math.min(100, 2 * rate))) : 0;
};

const ask = async (track, state = track.states[track.states.length - 1]) => {
  const steps = state ? wanted(track) : 50;
  if (!known() || film() || !steps || track.asking || track.ended || !track.alive) return;
  track.asking = true;
  const { delay } = world();
  const chosen = [...(track.past || []), ...track.actions];
  const got = await server
    .steps({
      who: props.agent.who,
      world: world(),
      state,
      seed,
      steps,
      elapsed: lastStep(track),
      waiting: delay ? chosen.slice(-delay) : [],
      limit: limit(),
    })
    .catch(() => ({ problem: word("lost") }));
  if (!track.alive) return;
  trouble = got.problem || "";
  if (trouble) {
    // The server may be busy or gone for a while; asking on would help neither.
    const again = () => {
      if (!inSight) return setTimeout(again, 2000);
      track.asking = false;
      return ask(track, state);
    };
    setTimeout(again, 2000);
  } else {
    track.asking = false;
    if (!state) track.states[0] = got.start;
    extend(track, got);
    if (!state) opened();
  }
  wake();
};
