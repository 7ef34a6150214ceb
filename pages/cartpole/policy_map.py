"""The policy as a map over pole angle × angular velocity; a click starts an episode there."""

import secrets
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.cartpole.environment import STATE_SCALES, TRACK_LIMIT, check_running_state, check_state
from core.cartpole.observe import observe_map
from core.cartpole.policy_map import PolicyMap, policy_map
from core.errors import Problem
from core.training.config import nearest
from pages.app.events import clamp_js
from pages.app.lab import Lab
from pages.cartpole.stage import Stage, policy_of
from pages.text import text
from pages.widgets import pack
from pages.widgets.heatmap import heatmap

KINDS = ("difference", "action", "value")
FASTEST = float(STATE_SCALES[1])  # m/s that the slider offers


def show(
    lab: Lab, name: str, kind: str, x: float, velocity: float, visitor: str, language: str
) -> Sequence[Any]:
    """The map with the cart at x m and velocity m/s, and an observation on it."""
    found = policy_map(policy_of(lab, name, visitor), x, velocity)
    seen = observe_map(found)
    said = text(f"cartpole_view.{seen.key}", language, **seen.values)
    return [gr.update(map=colours(found, kind)), said]


def colours(found: PolicyMap, kind: str) -> dict[str, Any]:
    """One of `KINDS` as the heat map takes it. Raises `Problem` ("setting.choice")."""
    if kind == "difference":
        return {"values": pack(found.difference), "signed": True}
    if kind == "action":
        return {"values": pack(2 * found.actions - 1), "signed": True, "named": True}
    if kind == "value":
        return {"values": pack(found.values)}
    raise Problem("setting.choice", name="kind", choices=", ".join(KINDS), value=str(kind)[:80],
                  nearest=nearest(kind, KINDS))  # fmt: skip


def begin_there(
    lab: Lab, angle: Any, spin: Any, x: float, velocity: float, visitor: str, language: str
) -> dict[str, Any]:
    """Start an episode in a state of the map. Raises `Problem` ("state.*", "value.*")."""
    state = check_running_state([x, velocity, angle, spin])
    return gr.update(start={"state": state.tolist(), "nonce": secrets.token_hex(4)})


def stand_there(
    lab: Lab, state: Any, name: str, kind: str, x: float, velocity: float, visitor: str,
    language: str,
) -> Sequence[Any]:  # fmt: skip
    """Set the sliders to the paused cart's position and velocity, and show that map.

    Sliders with these values stay unchanged: the visitor may have moved them since.
    """
    place, speed, _, _ = check_state(state)
    place = round(float(np.clip(place, -TRACK_LIMIT, TRACK_LIMIT)), 1)
    speed = round(float(np.clip(speed, -FASTEST, FASTEST)), 1)
    if (place, speed) == (x, velocity):
        return [gr.skip()] * 4
    return [place, speed, *show(lab, name, kind, place, speed, visitor, language)]


def build(lab: Lab, stage: Stage, live: gr.HTML) -> None:
    """The map, the kind of value, and the position and velocity of the cart."""
    kind = lab.say(
        gr.Dropdown(list(KINDS), value=KINDS[0], interactive=True),
        label="cartpole.map.kind",
        choices={name: f"cartpole.map.{name}" for name in KINDS},
    )
    view = lab.say(heatmap("live", 340), words="cartpole_view.map")
    lab.say(gr.Markdown(elem_classes="hint"), value="cartpole.watch.map")
    said = gr.Markdown(elem_classes="verdict")
    x = lab.say(
        gr.Slider(-TRACK_LIMIT, TRACK_LIMIT, 0, step=0.1, interactive=True),
        label="cartpole.map.place",
    )
    velocity = lab.say(
        gr.Slider(-FASTEST, FASTEST, 0, step=0.1, interactive=True), label="cartpole.map.velocity"
    )

    inputs, outputs = [stage.network, kind, x, velocity], [view, said]
    lab.on([lab.opened, *stage.changes(lab), kind.input], show, inputs, outputs)
    lab.slide([x, velocity], show, inputs, outputs, js=clamp_js(inputs))
    lab.on(view.picked, begin_there, [x, velocity], [live], ("angle", "spin"))  # type: ignore[attr-defined]
    lab.on(live.held, stand_there, inputs, [x, velocity, *outputs], ("state",))  # type: ignore[attr-defined]
