"""A cart with a pole, alive: an agent to watch and to push, a track to drive on, a race."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import gradio as gr
import numpy as np

from pages.widgets import pack, view

MODES = ("watch", "play", "race")


def cart(
    feed: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]] | None = None,
    modes: Sequence[str] = MODES,
    controls: bool = True,
    gauges: bool = True,
    name: str = "",
    **properties: Any,
) -> gr.HTML:
    """A cart on its track, drawn at the screen's own rate between the 50 states of each second.

    feed(asked): the next steps of an agent, as `chunk` makes them, or {"problem": sentence}. Asked
    for by the browser, every other second while it is looked at, with {who, world, state (None for
    a new episode), seed, steps, elapsed, waiting, limit}: all of it from a stranger, to be checked
    (`core.cartpole.rollout.answer_request` does). modes: what the visitor may choose, the first
    to begin with.
    controls, gauges: whether there are any. name: by which others on the page follow it: each
    picture fires `netlab:cart` {name, state, q, action, step} at the browser's window.

    Properties, all optional:

    agent {who, version}: whom the feed is asked about, anything in JSON; {}: nobody. An agent that
    changes takes over in the state at hand. world {gravity, …}: what differs from CartPole-v1's; it
    changes in the state at hand, too. mode: one of `modes`. pace: slow, real, fast or most. rules
    {endless: bool}: whether watching goes on after 500 steps. start {state, nonce}: begin a new
    episode, in that state or, without one, where Gymnasium would. film, see `film`: an episode that
    is shown over and over, without asking anybody; {} ends it. words: `cartpole_view.cart`.

    Events: played {played: {mode, steps, seconds, end: fell | left | time, rival: the agent's steps
    or -1, pace, usual: whether the world was CartPole-v1's}}, at the end of a visitor's own
    episode; held {state, q, action, step}, when an agent's is paused or was moved by one step.
    Keys, on the canvas: left and right (or A and D) drive, or shove the cart, with shift the pole;
    space pauses, full stop makes one step, N begins anew, 1 to 4 choose the pace.
    """

    async def steps(asked: Any) -> dict[str, Any]:
        """The feed, as the browser calls it: anybody may send anything."""
        return await feed(asked) if feed and isinstance(asked, dict) else {}

    options = {"modes": list(modes), "controls": controls, "gauged": gauges, "name": name}
    markup = f'<div class="nl nl-cart{" nl-gauged" if gauges else ""}" role="group"></div>'
    return view("cart", markup, options, serves=[steps], **properties)


def chunk(
    states: np.ndarray,
    q: np.ndarray,
    actions: np.ndarray,
    forces: np.ndarray,
    ended: bool,
    state_values: np.ndarray | None = None,
) -> dict[str, Any]:
    """Steps as the browser takes them: states (n + 1, 4), q (n, 2), actions and forces (n,).

    state_values (n,): V(s), of a dueling network. The first state and the last are sent exactly,
    so that what is asked for next goes on as if it had never been cut.
    """
    steps = {
        "start": states[0].tolist(),
        "last": states[-1].tolist(),
        "states": pack(states[1:]),
        "q": pack(q),
        "actions": _digits(actions),
        "forces": _digits(forces),
        "ended": bool(ended),
    }
    return steps if state_values is None else steps | {"values": pack(state_values)}


def film(states: np.ndarray, actions: np.ndarray) -> dict[str, Any]:
    """An episode of states (n + 1, 4) and actions (n,), to be shown over and over."""
    return {"states": pack(states), "actions": _digits(actions)}


def _digits(actions: np.ndarray) -> str:
    return "".join(str(int(action)) for action in actions)
