"""Change the environment's parameters: does the trained policy still work?

Lesson: a policy is trained for one environment; delay and noise reduce returns more than others.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gradio as gr

from core.cartpole.environment import EARTH, World
from pages.app.events import clamp_js
from pages.app.lab import Lab
from pages.cartpole.robustness import QUANTITIES, find, picture, verdict
from pages.cartpole.stage import Stage, agent, feed
from pages.widgets.cart import cart
from pages.widgets.chart import chart

PLANETS = {"earth": 9.8, "moon": 1.62, "mars": 3.71, "jupiter": 24.79}  # m/s²
STEPS = {"gravity": 0.01, "cart_mass": 0.1, "pole_mass": 0.01, "half_length": 0.05, "force": 0.5,
         "noise": 0.01, "delay": 1}  # fmt: skip
# A curve takes up to a second: one at a time.
ONE: dict[str, Any] = {"concurrency_id": "cartpole-against", "concurrency_limit": 1}


def world_of(values: Sequence[float]) -> World:
    """The world of the sliders, in the order of `QUANTITIES`. Raises `Problem` ("setting.*")."""
    return World(**dict(zip(QUANTITIES, values, strict=True)))  # type: ignore[arg-type]


def open_section(lab: Lab, name: str, version: int, quantity: str, *rest: Any) -> Sequence[Any]:
    """Show the section and mark it as opened."""
    *values, visitor, _ = rest
    shown = compare(lab, name, quantity, *rest)
    # A link may have moved the sliders.
    cart = gr.update(agent=agent(name, version, visitor), world=world_of(values).to_dict())
    return [True, cart, *shown]


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show another agent or language, if the section was opened."""
    return open_section(lab, *inputs)[1:] if opened else [gr.skip()] * 3


def change(lab: Lab, *rest: Any) -> dict[str, Any]:
    """Apply the sliders to the cart in its present state."""
    *values, _, _ = rest
    return gr.update(world=world_of(values).to_dict())


def travel(gravity: float, lab: Lab, visitor: str, language: str) -> float:
    """Set the gravity of another planet."""
    return gravity


def go_home(lab: Lab, visitor: str, language: str) -> Sequence[float]:
    """The defaults of CartPole-v1."""
    return [getattr(EARTH, name) for name in QUANTITIES]


def compare(lab: Lab, name: str, quantity: str, *rest: Any) -> Sequence[Any]:
    """Returns against a quantity at the other sliders' values: chart and verdict."""
    *values, visitor, language = rest
    finding = find(lab, name, quantity, world_of(values), visitor)
    return [picture(finding, language), verdict(finding, language)]


def compare_moved(quantity: str, lab: Lab, name: str, *rest: Any) -> Sequence[Any]:
    """The same for the quantity whose slider moved."""
    return [quantity, *compare(lab, name, quantity, *rest)]


def slider(lab: Lab, quantity: str) -> gr.Slider:
    """The slider of one quantity, with the bounds that `World` gives."""
    low, high = (QUANTITIES[quantity].metadata[end] for end in ("low", "high"))
    usual = getattr(EARTH, quantity)
    return lab.say(
        gr.Slider(low, high, usual, step=STEPS[quantity], interactive=True, min_width=190),
        label=f"cartpole.world.{quantity}",
    )


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The cart beside the parameters; below, the returns against one parameter."""
    lab.say(gr.Markdown(elem_classes="hint"), value="cartpole.world.hint")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            live = lab.say(
                cart(
                    partial(feed, lab), gauges=False, name="world",
                    agent=agent(stage.network.value, 0, ""),
                ),
                words="cartpole_view.cart",
            )  # fmt: skip
        with gr.Column(scale=4, min_width=320):
            with gr.Row():
                planets = {
                    name: lab.say(
                        gr.Button(size="sm", min_width=64), value=f"cartpole.world.{name}"
                    )
                    for name in PLANETS
                }
            with gr.Row():
                sliders = {name: slider(lab, name) for name in QUANTITIES}
            home = lab.say(gr.Button(size="sm"), value="cartpole.world.reset")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            quantity = lab.say(
                gr.Dropdown(list(QUANTITIES), value="half_length", interactive=True),
                label="cartpole.world.against",
                choices={name: f"cartpole.world.{name}" for name in QUANTITIES},
            )
            said = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=5, min_width=320):
            plot = lab.say(chart(height=320), words="cartpole.world.words")

    for name, component in {**sliders, "quantity": quantity}.items():
        lab.links.add(name, component)
    values, shown = list(sliders.values()), [plot, said]
    wire(lab, stage, place, live, sliders, quantity, shown)

    # A button sets sliders; then the world changes at once, and the chart behind it.
    for name, button in planets.items():
        gone = lab.on(button.click, partial(travel, PLANETS[name]), [], [sliders["gravity"]])
        put = lab.on(gone.then, change, values, [live])
        moved, inputs = partial(compare_moved, "gravity"), [stage.network, *values]
        lab.on(put.then, moved, inputs, [quantity, *shown], **ONE)
    back = lab.on(home.click, go_home, [], values)
    put = lab.on(back.then, change, values, [live])
    lab.on(put.then, compare, [stage.network, quantity, *values], shown, **ONE)


def wire(
    lab: Lab,
    stage: Stage,
    place: gr.Tab,
    live: gr.HTML,
    sliders: dict[str, gr.Slider],
    quantity: gr.Dropdown,
    shown: Sequence[Any],
) -> None:
    """Wire the events: the cart updates at once, the chart after its computation."""
    opened = gr.State(False)
    values = list(sliders.values())
    everything = [stage.network, stage.version, quantity, *values]
    lab.on(place.select, open_section, everything, [opened, live, *shown], **ONE)
    stage.refresh(lab, look_again, [opened, *everything], [live, *shown])
    lab.on(quantity.input, compare, [stage.network, quantity, *values], shown, **ONE)
    lab.slide(values, change, values, [live], js=clamp_js(values))
    for name, handle in sliders.items():
        moved: Callable[..., Any] = partial(compare_moved, name)
        given = [stage.network, *values]
        lab.slide([handle], moved, given, [quantity, *shown], js=clamp_js(given), **ONE)
