"""Change the environment's parameters: does the trained policy still work?

Lesson: a policy is trained for one environment; delay and noise reduce returns more than others.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import gradio as gr

from core.cartpole.environment import EARTH, World
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.robustness import QUANTITIES, find, returns_chart, verdict
from pages.cartpole.shared import Shared, agent_of, next_steps
from pages.widgets.cart import cart
from pages.widgets.chart import chart

PLANETS = {"earth": 9.8, "moon": 1.62, "mars": 3.71, "jupiter": 24.79}  # m/s²
STEPS = {"gravity": 0.01, "cart_mass": 0.1, "pole_mass": 0.01, "half_length": 0.05, "force": 0.5,
         "noise": 0.01, "delay": 1}  # fmt: skip
# A curve takes up to a second: one at a time.
ONE: dict[str, Any] = {"concurrency_id": "cartpole-against", "concurrency_limit": 1}
Values = Mapping[str, float]  # of the sliders, by quantity


def show_section(
    request: Request, *, network: str, version: int, quantity: str, values: Values
) -> dict[str, Any]:
    """Give the cart the agent and the world, which a link may have set; compare returns."""
    agent = agent_of(network, version, request.visitor)
    cart = gr.update(agent=agent, world=World.from_dict(values).to_dict())
    return {"cart": cart, **compare(request, network=network, quantity=quantity, values=values)}


def change_world(request: Request, *, values: Values) -> dict[str, Any]:
    """Apply the sliders to the cart in its present state."""
    return gr.update(world=World.from_dict(values).to_dict())


def set_sliders(request: Request, *, changes: Values) -> dict[str, Any]:
    """Set some of the sliders."""
    return {"values": changes}


def compare(request: Request, *, network: str, quantity: str, values: Values) -> dict[str, Any]:
    """Returns against a quantity at the other sliders' values: chart and verdict."""
    finding = find(request, network, quantity, World.from_dict(values))
    return {
        "chart": returns_chart(finding, request.language),
        "verdict": verdict(finding, request.language),
    }


def select_and_compare(
    request: Request, *, quantity: str, network: str, values: Values
) -> dict[str, Any]:
    """The same for the quantity whose slider moved."""
    shown = compare(request, network=network, quantity=quantity, values=values)
    return {"quantity": quantity, **shown}


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The cart beside the parameters; below, the returns against one parameter."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole.world.hint")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            agent = agent_of(shared.network.value, 0, "")
            live = lab.translate(
                cart(partial(next_steps, lab), gauges=False, name="world", agent=agent),
                words="cartpole_view.cart",
            )
        with gr.Column(scale=4, min_width=320):
            with gr.Row():
                planets = {
                    name: lab.translate(
                        gr.Button(size="sm", min_width=64), value=f"cartpole.world.{name}"
                    )
                    for name in PLANETS
                }
            with gr.Row():
                sliders = {name: slider(lab, name) for name in QUANTITIES}
            reset = lab.translate(gr.Button(size="sm"), value="cartpole.world.reset")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            quantity = lab.translate(
                gr.Dropdown(list(QUANTITIES), value="half_length", interactive=True),
                label="cartpole.world.against",
                choices={name: f"cartpole.world.{name}" for name in QUANTITIES},
            )
            note = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=5, min_width=320):
            plot = lab.translate(chart(height=320), words="cartpole.world.words")
    for name, component in {**sliders, "quantity": quantity}.items():
        lab.links.add(name, component)

    on, slide = lab.events.on, lab.events.slide
    world: dict[str, Any] = {"values": sliders}
    moved: dict[str, Any] = {"network": shared.network, **world}
    inputs: dict[str, Any] = {**moved, "quantity": quantity}
    shown: dict[str, Any] = {"chart": plot, "verdict": note}
    selected: dict[str, Any] = {**shown, "quantity": quantity}
    on(
        shared.changes(lab), show_section, {**inputs, "version": shared.version},
        {**shown, "cart": live}, after=first_visit(place), **ONE,
    )  # fmt: skip
    on(quantity.input, compare, inputs, shown, **ONE)
    slide([*sliders.values()], change_world, world, live, clamp=True)
    for name, handle in sliders.items():
        select = partial(select_and_compare, quantity=name)
        slide([handle], select, moved, selected, clamp=True, **ONE)

    def set_at(button: gr.Button, changes: Values) -> Any:
        """Let a button set sliders, then the world, at once; returns what follows it."""
        done = on(button.click, partial(set_sliders, changes=changes), {}, world)
        return on(done.then, change_world, world, live).then

    for name, button in planets.items():
        select = partial(select_and_compare, quantity="gravity")
        on(set_at(button, {"gravity": PLANETS[name]}), select, moved, selected, **ONE)
    on(set_at(reset, EARTH.to_dict()), compare, inputs, shown, **ONE)


def slider(lab: Lab, quantity: str) -> gr.Slider:
    """The slider of one quantity, with the bounds that `World` gives."""
    low, high = (QUANTITIES[quantity].metadata[end] for end in ("low", "high"))
    default, step = getattr(EARTH, quantity), STEPS[quantity]
    return lab.translate(
        gr.Slider(low, high, default, step=step, interactive=True, min_width=190),
        label=f"cartpole.world.{quantity}",
    )
