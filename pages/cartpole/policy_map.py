"""The policy as a map over pole angle × angular velocity; a click starts an episode there."""

import secrets
from typing import Any

import gradio as gr
import numpy as np

from core.cartpole.environment import STATE_SCALES, TRACK_LIMIT, check_running_state, check_state
from core.cartpole.observe import observe_map
from core.cartpole.policy_map import policy_map
from core.errors import Problem
from core.training.config import nearest
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.shared import Shared, observation_text, policy_of
from pages.widgets import pack
from pages.widgets.heatmap import heatmap

KINDS = ("difference", "action", "value")
FASTEST = float(STATE_SCALES[1])  # m/s that the slider offers


def show_map(
    request: Request, *, network: str, kind: str, x: float, velocity: float
) -> dict[str, Any]:
    """The map with the cart at x m and velocity m/s, and an observation on it.

    Raises `Problem` ("setting.choice") for another kind than `KINDS`.
    """
    found = policy_map(policy_of(request, network), x, velocity)
    if kind == "difference":
        colours: dict[str, Any] = {"values": pack(found.difference), "signed": True}
    elif kind == "action":
        colours = {"values": pack(2 * found.actions - 1), "signed": True, "named": True}
    elif kind == "value":
        colours = {"values": pack(found.values)}
    else:
        raise Problem("setting.choice", name="kind", choices=", ".join(KINDS),
                      value=str(kind)[:80], nearest=nearest(kind, KINDS))  # fmt: skip
    note = observation_text(observe_map(found), request.language)
    return {"map": gr.update(map=colours), "note": note}


def start_episode(
    request: Request, *, angle: Any, spin: Any, x: float, velocity: float
) -> dict[str, Any]:
    """Start an episode in a state of the map. Raises `Problem` ("state.*", "value.*")."""
    state = check_running_state([x, velocity, angle, spin])
    return gr.update(start={"state": state.tolist(), "nonce": secrets.token_hex(4)})


def follow_cart(
    request: Request, *, state: Any, network: str, kind: str, x: float, velocity: float
) -> dict[str, Any]:
    """Set the sliders to the paused cart's position and velocity, and show that map.

    Sliders with these values stay unchanged: the visitor may have moved them since.
    """
    place, speed, _, _ = check_state(state)
    place = round(float(np.clip(place, -TRACK_LIMIT, TRACK_LIMIT)), 1)
    speed = round(float(np.clip(speed, -FASTEST, FASTEST)), 1)
    if (place, speed) == (x, velocity):
        return {}
    shown = show_map(request, network=network, kind=kind, x=place, velocity=speed)
    return {"x": place, "velocity": speed, **shown}


def build(lab: Lab, shared: Shared, live: gr.HTML) -> None:
    """The map, the kind of value, and the position and velocity of the cart."""
    kind = lab.translate(
        gr.Dropdown(list(KINDS), value=KINDS[0], interactive=True),
        label="cartpole.map.kind",
        choices={name: f"cartpole.map.{name}" for name in KINDS},
    )
    view = lab.translate(heatmap("live", 340), words="cartpole_view.map")
    lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole.watch.map")
    note = gr.Markdown(elem_classes="verdict")
    x = lab.translate(
        gr.Slider(-TRACK_LIMIT, TRACK_LIMIT, 0, step=0.1, interactive=True),
        label="cartpole.map.place",
    )
    velocity = lab.translate(
        gr.Slider(-FASTEST, FASTEST, 0, step=0.1, interactive=True), label="cartpole.map.velocity"
    )

    on, place = lab.events.on, {"x": x, "velocity": velocity}
    inputs = {"network": shared.network, "kind": kind, **place}
    outputs = {"map": view, "note": note}
    on([lab.events.tab_opened, *shared.changes(lab), kind.input], show_map, inputs, outputs)
    lab.events.slide([x, velocity], show_map, inputs, outputs, clamp=True)
    on(view.picked, start_episode, place, live, ("angle", "spin"))  # type: ignore[attr-defined]
    on(live.held, follow_cart, inputs, place | outputs, ["state"])  # type: ignore[attr-defined]
