"""Steer a digit: along directions with a meaning, number by number, or by picking another."""

import secrets
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.digits.directions import REACH, move
from core.digits.sample import WIDEST, check_latents
from core.errors import Problem
from pages.app.lab import Lab
from pages.digits import wall
from pages.digits.hand import (
    LIMIT,
    SLIDERS,
    await_directions,
    choose_number,
    directions_of,
    draw,
    face,
    picture,
    stands,
    value,
)
from pages.digits.pins import PIN, first_pins, flat, pin, pinned, show_pins
from pages.digits.stage import PINS, Stage, network_of
from pages.text import DEFAULT
from pages.widgets.digits import digits

FIRST_SEED = 4


def show_network(
    lab: Lab,
    name: str,
    seed: int,
    truncation: float,
    digit: int,
    visitor: str,
    language: str,
    brought: Sequence[float] = (),
    brought_pins: Sequence[float] = (),
) -> Sequence[Any]:
    """Another network: a digit and three pins. brought: the digit's latent, by a link."""
    network = network_of(lab, name, visitor)
    fits = len(brought) == network.model.latent_size
    latent = np.clip(brought, -LIMIT, LIMIT).tolist() if fits else draw(network, seed, truncation)
    return [
        latent,
        first_pins(network, brought_pins),
        gr.update(visible=network.model.conditional),
        gr.update(maximum=network.model.latent_size, value=1),
        *picture(lab, network, latent, digit, language),
    ]


def show_around(
    lab: Lab, name: str, pins: dict[str, Any], visitor: str, language: str
) -> Sequence[Any]:
    """What stands around the digit of another network: its wall and the pins."""
    network = network_of(lab, name, visitor)
    return [wall.picture(network, language), pinned(network, pins, PIN)]


def slide(
    lab: Lab,
    name: str,
    latent: list[float],
    digit: int,
    dimension: int,
    *rest: Any,
) -> Sequence[Any]:
    """Move the digit until it lies where the sliders stand, along each of their directions.

    Their places are absolute, so that a slider's late events cannot add up; one that was not moved
    changes nothing, even where the digit lies beyond its end.
    """
    *places, visitor, language = rest
    network = network_of(lab, name, visitor)
    found = directions_of(network, digit)
    moved = check_latents([latent], network.model.latent_size)[0]
    for which, (place, stood) in enumerate(zip(places, stands(found, moved), strict=True)):
        if place != stood:
            moved = move(found, moved, which, place)
    new = moved.tolist()
    return [new, *picture(lab, network, new, digit, language), value(new, dimension)]


def set_number(
    lab: Lab,
    name: str,
    latent: list[float],
    digit: int,
    dimension: int,
    to: float,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Set a single number of the latent."""
    network = network_of(lab, name, visitor)
    value(latent, dimension)  # refuses one that is not there
    new = [*latent[: int(dimension) - 1], float(to), *latent[int(dimension) :]]
    return [new, *face(lab, network, new, digit, dimension, language)[:-1]]


def redraw(
    lab: Lab,
    name: str,
    seed: int,
    truncation: float,
    digit: int,
    dimension: int,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """The digit of a seed, cut off where the truncation says."""
    network = network_of(lab, name, visitor)
    latent = draw(network, seed, truncation)
    return [latent, *face(lab, network, latent, digit, dimension, language)]


def randomise(lab: Lab, *inputs: Any) -> Sequence[Any]:
    """The digit of a seed that nobody chose."""
    name, _, *rest = inputs
    seed = secrets.randbelow(1_000_000)
    return [seed, *redraw(lab, name, seed, *rest)]


def centre(
    lab: Lab, name: str, digit: int, dimension: int, visitor: str, language: str
) -> Sequence[Any]:
    """The digit in the middle of latent space: all numbers zero."""
    network = network_of(lab, name, visitor)
    latent = [0.0] * network.model.latent_size
    return [latent, *face(lab, network, latent, digit, dimension, language)]


def show(
    lab: Lab,
    name: str,
    latent: list[float],
    digit: int,
    dimension: int,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """The digit at hand again: of another class, taken elsewhere, or in another language."""
    if not latent:  # nobody has looked at this tab yet
        return [gr.skip()] * (SLIDERS + 3)
    network = network_of(lab, name, visitor)
    return face(lab, network, latent, digit, dimension, language)


def look(
    lab: Lab, name: str, latent: list[float], digit: int, visitor: str, language: str
) -> Sequence[Any]:
    """The digit at hand as another class, and what is said of it."""
    return picture(lab, network_of(lab, name, visitor), latent, digit, language)


def pick(
    lab: Lab, index: int, name: str, dimension: int, visitor: str, language: str
) -> Sequence[Any]:
    """Steer a digit of the wall."""
    network = network_of(lab, name, visitor)
    latent, digit = wall.taken(network, index)
    return [latent, digit, *face(lab, network, latent, digit, dimension, language)]


def unpin(
    lab: Lab,
    index: int,
    name: str,
    pins: dict[str, Any],
    dimension: int,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Go back to a digit that was pinned."""
    network = network_of(lab, name, visitor)
    letters = [letter for letter in PINS if letter in pins]
    if not isinstance(index, int) or not 0 <= index < len(letters):
        raise Problem("index.range", index=str(index)[:20], last=len(letters) - 1)
    kept = pins[letters[index]]
    latent, digit = kept["latent"], kept["digit"]
    return [latent, digit, *face(lab, network, latent, digit, dimension, language)]


def prepare(lab: Lab, name: str) -> None:
    """Draw what is shown first."""
    network = network_of(lab, name, "")
    picture(lab, network, draw(network, FIRST_SEED, WIDEST), 3, DEFAULT)
    wall.picture(network, DEFAULT)


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The digit at hand with its pins, the sliders beside it, the wall below."""
    with gr.Row(elem_classes="steering"):
        with gr.Column(scale=2, min_width=300):
            with gr.Row():
                with gr.Column(scale=2, min_width=260, elem_classes="easel"):
                    view = lab.say(digits(clickable=False), words="digits.words.hand")
                with gr.Column(scale=1, min_width=150, elem_classes="aside"):
                    lab.say(gr.Markdown(elem_classes="subtitle"), value="digits.steer.pins")
                    shelf = lab.say(digits(), words="digits.words.pins")
                    with gr.Row():
                        buttons = {
                            letter: lab.say(
                                gr.Button(size="sm", min_width=40),
                                value=f"digits.steer.pin_{letter}",
                            )
                            for letter in PINS
                        }
            said = gr.Markdown(elem_classes="verdict")
            with gr.Column(elem_classes="aside"):
                lab.say(gr.Markdown(elem_classes="subtitle"), value="digits.steer.wall")
                samples = lab.say(digits(), words="digits.words.wall")
        with gr.Column(scale=3, min_width=300):
            stage.digit.render()
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits.steer.directions")
            sliders = [gr.Slider(-REACH, REACH, 0, step=0.01, buttons=[]) for _ in range(SLIDERS)]
            with gr.Row():
                shuffle = lab.say(
                    gr.Button(variant="primary", min_width=120), value="digits.steer.randomise"
                )
                middle = lab.say(gr.Button(min_width=120), value="digits.steer.centre")
            with gr.Row():
                seed = lab.say(
                    gr.Number(FIRST_SEED, precision=0, min_width=120), label="digits.steer.seed"
                )
                truncation = lab.say(
                    gr.Slider(0.1, WIDEST, WIDEST, step=0.05, min_width=160, buttons=[]),
                    label="digits.steer.truncation",
                )
            with lab.say(gr.Accordion(open=False), label="digits.steer.raw"):
                dimension = lab.say(
                    gr.Slider(1, 64, 1, step=1, buttons=[]), label="digits.steer.dimension"
                )
                number = lab.say(
                    gr.Slider(-LIMIT, LIMIT, 0, step=0.01, buttons=[]), label="digits.steer.number"
                )

    for name, component in {"digit": stage.digit, "seed": seed, "truncation": truncation}.items():
        lab.links.add(name, component)
    shown = [view, said, *sliders, number]
    drawn = [stage.network, seed, truncation, stage.digit]
    at = [stage.network, stage.latent, stage.digit, dimension]
    brought = lab.links.hold("latent", [stage.latent], 64)
    pins = lab.links.hold("pins", [stage.pins], len(PINS) * 65, flat=flat)

    def begin(lab: Lab, brought: list[float], pins: list[float], *inputs: Any) -> Sequence[Any]:
        return show_network(lab, *inputs, brought=brought, brought_pins=pins)

    first = [stage.latent, stage.pins, stage.digit, dimension, view, said]
    begun = lab.on(lab.opened, begin, [brought, pins, *drawn], first)
    stage.begun = begun.then
    another = lab.on([stage.network.change, stage.version.change], show_network, drawn, first)
    for event in (begun, another):
        lab.on(event.success, show_around, [stage.network, stage.pins], [samples, shelf])
    lab.slide(sliders, slide, [*at, *sliders], [stage.latent, view, said, number])
    lab.slide([number], set_number, [*at, number], [stage.latent, view, said, *sliders])
    lab.on(dimension.input, choose_number, [stage.latent, dimension], [number])
    chosen = lab.on(stage.digit.input, look, at[:-1], [view, said], trigger_mode="always_last")
    # The picture first: a class's directions take a second when nobody has asked for them before.
    # Only then is the digit at hand read: by now it may be another.
    changed = [
        lab.on(event.success, await_directions, [stage.network, stage.digit], []).success
        for event in (begun, another, chosen)
    ]
    for event in (*changed, [lab.spoken.change, place.select]):
        lab.on(event, show, at, shown, trigger_mode="always_last")
    stage.show_after = lambda event: lab.on(event, show, at, shown, trigger_mode="always_last")
    again = [*drawn, dimension]
    lab.slide([truncation], redraw, again, [stage.latent, *shown])
    lab.on(seed.submit, redraw, again, [stage.latent, *shown])
    lab.on(shuffle.click, randomise, again, [seed, stage.latent, *shown])
    lab.on(middle.click, centre, [stage.network, stage.digit, dimension], [stage.latent, *shown])
    taken = [stage.latent, stage.digit, *shown]
    lab.on(samples.tile_click, pick, [stage.network, dimension], taken, data=["index"])
    held = [stage.network, stage.pins, dimension]
    lab.on(shelf.tile_click, unpin, held, taken, data=["index"])
    for letter, button in buttons.items():
        lab.on(
            button.click,
            lambda lab, *inputs, letter=letter: pin(lab, letter, *inputs),
            [stage.network, stage.latent, stage.digit, stage.pins],
            [stage.pins, shelf],
        )
    # Walk and its new pins are another section's; whoever comes back sees them here.
    lab.on(place.select, show_pins, [stage.network, stage.pins], [shelf])
