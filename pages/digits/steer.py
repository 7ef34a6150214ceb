"""Steer a digit: along directions in latent space, number by number, or from another sample."""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr
import numpy as np

from core.digits.directions import REACH, move
from core.digits.sample import WIDEST, check_latents
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.current_digit import (
    LIMIT,
    SLIDERS,
    digit_outputs,
    directions_of,
    draw_latent,
    image_outputs,
    number_of,
    slider_values,
)
from pages.digits.pins import first_pins, flat, pin, show_pins
from pages.digits.sample_grid import grid, latents_of
from pages.digits.shared import PINS, Shared, network_of, requested_network
from pages.text import DEFAULT
from pages.widgets.digits import digits

FIRST_SEED = 4


def show_network(
    request: Request,
    *,
    network: str,
    seed: int,
    truncation: float,
    digit: int,
    linked: Mapping[str, Sequence[float]] = {},
) -> dict[str, Any]:
    """A digit and three pins of another network. linked: the latent and pins of a link."""
    chosen = requested_network(request, network)
    latent = list(linked.get("latent", ()))
    if len(latent) == chosen.model.latent_size:
        latent = np.clip(latent, -LIMIT, LIMIT).tolist()
    else:
        latent = draw_latent(chosen, seed, truncation)
    return {
        "latent": latent,
        "pins": first_pins(chosen, linked.get("pins", ())),
        "ready": True,
        "digit": gr.update(visible=chosen.model.conditional),
        "dimension": gr.update(maximum=chosen.model.latent_size, value=1),
        **image_outputs(request, chosen, latent, digit),
    }


def show_grid_and_pins(request: Request, *, network: str, pins: dict[str, Any]) -> dict[str, Any]:
    """The samples and the pinned digits of another network."""
    samples = grid(request, requested_network(request, network))
    return {"samples": samples, "pinned": show_pins(request, network=network, pins=pins)}


def move_along_directions(
    request: Request,
    *,
    network: str,
    latent: list[float],
    digit: int,
    dimension: int,
    sliders: list[float],
) -> dict[str, Any]:
    """Move the digit to the coordinates of the sliders.

    Coordinates are absolute, so that late events of a slider do not add up. A slider that was not
    moved changes nothing, also where the digit lies beyond its end.
    """
    chosen = requested_network(request, network)
    found = directions_of(chosen, digit)
    moved = check_latents([latent], chosen.model.latent_size)[0]
    before = slider_values(found, moved)
    for which, (value, old) in enumerate(zip(sliders, before, strict=True)):
        if value != old:
            moved = move(found, moved, which, value)
    new = moved.tolist()
    return {
        "latent": new,
        "number": number_of(new, dimension),
        **image_outputs(request, chosen, new, digit),
    }


def set_number(
    request: Request,
    *,
    network: str,
    latent: list[float],
    digit: int,
    dimension: int,
    number: float,
) -> dict[str, Any]:
    """Set a single number of the latent."""
    number_of(latent, dimension)  # checks the dimension
    new = [*latent[: int(dimension) - 1], float(number), *latent[int(dimension) :]]
    outputs = digit_outputs(request, requested_network(request, network), new, digit, dimension)
    outputs.pop("number")
    return {"latent": new, **outputs}


def show_number(request: Request, *, latent: list[float], dimension: int) -> float:
    """Another number of the latent."""
    return number_of(latent, dimension)


def find_directions(request: Request, *, network: str, digit: int) -> None:
    """Find the directions of a class, which the network keeps."""
    directions_of(requested_network(request, network), digit)


def draw(
    request: Request, *, network: str, seed: int, truncation: float, digit: int, dimension: int
) -> dict[str, Any]:
    """The digit of a seed and a truncation."""
    chosen = requested_network(request, network)
    latent = draw_latent(chosen, seed, truncation)
    return {"latent": latent, **digit_outputs(request, chosen, latent, digit, dimension)}


def draw_at_random(
    request: Request, *, network: str, truncation: float, digit: int, dimension: int
) -> dict[str, Any]:
    """The digit of a random seed."""
    seed = secrets.randbelow(1_000_000)
    given = {"truncation": truncation, "digit": digit, "dimension": dimension}
    return {"seed": seed, **draw(request, network=network, seed=seed, **given)}


def centre(request: Request, *, network: str, digit: int, dimension: int) -> dict[str, Any]:
    """The digit at the origin of latent space."""
    chosen = requested_network(request, network)
    latent = [0.0] * chosen.model.latent_size
    return {"latent": latent, **digit_outputs(request, chosen, latent, digit, dimension)}


def show_digit(
    request: Request, *, network: str, latent: list[float], digit: int, dimension: int
) -> dict[str, Any]:
    """The current digit: of another class, replaced elsewhere, or in another language."""
    if not latent:  # the first digit is not there yet
        return {}
    chosen = requested_network(request, network)
    return digit_outputs(request, chosen, latent, digit, dimension)


def show_image(
    request: Request, *, network: str, latent: list[float], digit: int
) -> dict[str, Any]:
    """The image of the current digit as another class, and its assessment."""
    return image_outputs(request, requested_network(request, network), latent, digit)


def take_sample(request: Request, *, index: Any, network: str, dimension: int) -> dict[str, Any]:
    """Steer a digit of the sample grid."""
    chosen = requested_network(request, network)
    latents, labels = latents_of(chosen)
    check_index(index, len(latents))
    latent, digit = latents[index].tolist(), labels[index]
    outputs = digit_outputs(request, chosen, latent, digit, dimension)
    return {"latent": latent, "digit": digit, **outputs}


def take_pin(
    request: Request, *, index: Any, network: str, pins: dict[str, Any], dimension: int
) -> dict[str, Any]:
    """Steer a pinned digit."""
    letters = [letter for letter in PINS if letter in pins]
    check_index(index, len(letters))
    pinned = pins[letters[index]]
    chosen = requested_network(request, network)
    outputs = digit_outputs(request, chosen, pinned["latent"], pinned["digit"], dimension)
    return {"latent": pinned["latent"], "digit": pinned["digit"], **outputs}


def check_index(index: Any, count: int) -> None:
    """Raise `Problem` ("index.range") for what is no index of so many tiles."""
    if not isinstance(index, int) or not 0 <= index < count:
        raise Problem("index.range", index=str(index)[:20], last=count - 1)


def prepare(lab: Lab, name: str) -> None:
    """Compute what is shown first."""
    request, network = Request(lab, "", DEFAULT), network_of(lab, name, "")
    image_outputs(request, network, draw_latent(network, FIRST_SEED, WIDEST), 3)
    grid(request, network)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The current digit with the pins and the sample grid; the sliders beside it."""
    with gr.Row(elem_classes="steering"):
        with gr.Column(scale=2, min_width=300):
            with gr.Row():
                with gr.Column(scale=2, min_width=260, elem_classes="easel"):
                    image = lab.translate(digits(clickable=False), words="digits.words.hand")
                with gr.Column(scale=1, min_width=150, elem_classes="aside"):
                    lab.translate(gr.Markdown(elem_classes="subtitle"), value="digits.steer.pins")
                    pinned = lab.translate(digits(), words="digits.words.pins")
                    with gr.Row():
                        buttons = {
                            letter: lab.translate(
                                gr.Button(size="sm", min_width=40),
                                value=f"digits.steer.pin_{letter}",
                            )
                            for letter in PINS
                        }
            assessment = gr.Markdown(elem_classes="verdict")
            with gr.Column(elem_classes="aside"):
                lab.translate(gr.Markdown(elem_classes="subtitle"), value="digits.steer.wall")
                samples = lab.translate(digits(), words="digits.words.wall")
        with gr.Column(scale=3, min_width=300):
            shared.digit.render()
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="digits.steer.directions")
            sliders = [gr.Slider(-REACH, REACH, 0, step=0.01, buttons=[]) for _ in range(SLIDERS)]
            with gr.Row():
                another = lab.translate(
                    gr.Button(variant="primary", min_width=120), value="digits.steer.randomise"
                )
                origin = lab.translate(gr.Button(min_width=120), value="digits.steer.centre")
            with gr.Row():
                seed = lab.translate(
                    gr.Number(FIRST_SEED, precision=0, min_width=120), label="digits.steer.seed"
                )
                truncation = lab.translate(
                    gr.Slider(0.1, WIDEST, WIDEST, step=0.05, min_width=160, buttons=[]),
                    label="digits.steer.truncation",
                )
            with lab.translate(gr.Accordion(open=False), label="digits.steer.raw"):
                dimension = lab.translate(
                    gr.Slider(1, 64, 1, step=1, buttons=[]), label="digits.steer.dimension"
                )
                number = lab.translate(
                    gr.Slider(-LIMIT, LIMIT, 0, step=0.01, buttons=[]), label="digits.steer.number"
                )

    for name, component in {"digit": shared.digit, "seed": seed, "truncation": truncation}.items():
        lab.links.add(name, component)
    linked = {
        "latent": lab.links.hold("latent", [shared.latent], 64),
        "pins": lab.links.hold("pins", [shared.pins], len(PINS) * 65, flat=flat),
    }

    on, network = lab.events.on, {"network": shared.network}
    pins = {"pins": shared.pins}
    drawn = {**network, "seed": seed, "truncation": truncation, "digit": shared.digit}
    current = {**network, "latent": shared.latent, "digit": shared.digit}
    at = {**current, "dimension": dimension}
    picture = {"image": image, "assessment": assessment}
    shown = {**picture, "sliders": sliders, "number": number}
    latent = {"latent": shared.latent}

    first = {**latent, **pins, "ready": shared.ready, "digit": shared.digit}
    first |= {"dimension": dimension, **picture}
    opened = on(lab.events.tab_opened, show_network, {**drawn, "linked": linked}, first)
    changed = on([shared.network.change, shared.version.change], show_network, drawn, first)
    for event in (opened, changed):
        around = {"samples": samples, "pinned": pinned}
        on(event.success, show_grid_and_pins, {**network, **pins}, around)
    lab.events.slide(
        sliders,
        move_along_directions,
        {**at, "sliders": sliders},
        {**latent, **picture, "number": number},
    )
    moved = {**latent, **picture, "sliders": sliders}
    lab.events.slide([number], set_number, {**at, "number": number}, moved)
    on(dimension.input, show_number, {**latent, "dimension": dimension}, number)
    last: dict[str, Any] = {"trigger_mode": "always_last"}
    chosen = on(shared.digit.input, show_image, current, picture, **last)
    # The image first: the directions of a class take a second when they are not yet known. Then the
    # digit is read again: it may be another by now.
    for event in (opened, changed, chosen):
        asked = {**network, "digit": shared.digit}
        found = on(event.success, find_directions, asked)
        on(found.success, show_digit, at, shown, **last)
    events = [lab.events.language_switched, place.select, shared.replacements.change]
    on(events, show_digit, at, shown)
    everything = {**latent, **shown}
    again = {**drawn, "dimension": dimension}
    lab.events.slide([truncation], draw, again, everything)
    on(seed.submit, draw, again, everything)
    without_seed = {name: each for name, each in again.items() if name != "seed"}
    on(another.click, draw_at_random, without_seed, {"seed": seed, **everything})
    asked = {**network, "digit": shared.digit, "dimension": dimension}
    on(origin.click, centre, asked, everything)
    taken = {**everything, "digit": shared.digit}
    asked = {**network, "dimension": dimension}
    on(samples.tile_click, take_sample, asked, taken, data=["index"])
    on(pinned.tile_click, take_pin, {**asked, **pins}, taken, data=["index"])
    for letter, button in buttons.items():
        inputs = {**current, **pins}
        on(button.click, partial(pin, letter=letter), inputs, {**pins, "pinned": pinned})
    # The section of interpolation changes the pins too.
    on(place.select, show_pins, {**network, **pins}, pinned)
