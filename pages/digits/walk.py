"""Walk from one pinned digit to another, and add and subtract them."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.digits.sample import KINDS, WIDEST, arithmetic, interpolate, sample
from pages.app.lab import Lab
from pages.digits.hand import draw
from pages.digits.stage import PINS, Stage, network_of
from pages.text import text
from pages.widgets.digits import digits, tile
from pages.widgets.player import frames, player

FRAMES = 24
SIZE = 84  # pixels a side


def open_section(lab: Lab, *inputs: Any) -> Sequence[Any]:
    """Show the section, and keep it up to date from now on."""
    return [True, *show(lab, *inputs)]


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show what changed meanwhile, if the section was ever opened."""
    return show(lab, *inputs) if opened else [gr.skip()] * 4


def show(
    lab: Lab, name: str, pins: dict[str, Any], kind: str, visitor: str, language: str
) -> Sequence[Any]:
    """The way from A to B as a film with its story, and the sum A − B + C."""
    if len(pins) < len(PINS):  # nobody has looked at this tab yet
        return [gr.skip()] * 4
    network = network_of(lab, name, visitor)
    a, b, c = latents = [pins[pin]["latent"] for pin in PINS]
    labels = [pins[pin]["digit"] for pin in PINS]
    told = network.model.conditional
    path = interpolate(network.model, a, b, labels[:2], FRAMES, kind)
    lengths = np.linalg.norm(path.latents, axis=1)
    story = text(
        f"digits.walk.{kind}_story",
        language,
        start=f"{lengths[0]:.1f}",
        middle=f"{lengths[FRAMES // 2]:.1f}",
        end=f"{lengths[-1]:.1f}",
        usual=f"{network.model.latent_size**0.5:.1f}",
    )
    shares = [f"{100 * step / (FRAMES - 1):.0f} %" for step in range(FRAMES)]

    images = sample(network.model, latents, labels)
    found = arithmetic(network.model, a, b, c, labels)
    signs = ("A", "− B", "+ C", "= A − B + C")
    captions = [*map(str, labels), f"{labels[0]} − {labels[1]} + {labels[2]}"] if told else [""] * 4
    equation = {
        "size": SIZE,
        "tiles": [
            tile(image, title=sign, caption=caption)
            for image, sign, caption in zip([*images, found.image], signs, captions, strict=True)
        ],
    }
    shortened = text("digits.walk.shortened", language, share=f"{found.scale:.0%}")
    note = shortened if found.scale < 1 else text("digits.walk.plain", language)
    return [frames(path.images, shares), story, equation, note]


def swap(lab: Lab, pins: dict[str, Any], visitor: str, language: str) -> dict[str, Any]:
    """Walk the other way round."""
    return pins | {"A": pins["B"], "B": pins["A"]} if len(pins) == len(PINS) else pins


def shuffle(lab: Lab, name: str, visitor: str, language: str) -> dict[str, Any]:
    """Three new digits, drawn at random."""
    network, random = network_of(lab, name, visitor), np.random.default_rng()
    seeds, labels = random.integers(1_000_000, size=len(PINS)), random.permutation(10)
    return {
        pin: {"latent": draw(network, int(seed), WIDEST), "digit": int(label)}
        for pin, seed, label in zip(PINS, seeds, labels, strict=False)
    }


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The way beside the sum, both of the three pins."""
    lab.say(gr.Markdown(elem_classes="hint"), value="digits.walk.hint")
    with gr.Row():
        with gr.Column(min_width=300):
            kind = lab.say(
                gr.Radio(list(KINDS), value=KINDS[0], interactive=True),
                label="digits.walk.kind",
                choices={key: f"digits.walk.{key}" for key in KINDS},
            )
            lab.links.add("way", kind)
            film = lab.say(player("walk", size=196), words="digits.words.player")
            story = gr.Markdown(elem_classes="verdict")
        with gr.Column(min_width=300):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits.walk.sum")
            with gr.Column(elem_classes="shelf"):
                equation = lab.say(digits(SIZE, clickable=False), words="digits.words.sum")
            note = gr.Markdown(elem_classes="verdict")
            with gr.Row():
                turn = lab.say(gr.Button(min_width=120), value="digits.walk.swap")
                others = lab.say(gr.Button(min_width=120), value="digits.walk.shuffle")

    inputs = [stage.network, stage.pins, kind]
    outputs = [film, story, equation, note]
    opened = gr.State(False)
    lab.on(place.select, open_section, inputs, [opened, *outputs])
    # A new network comes with new pins.
    changes = [stage.pins.change, kind.input, lab.spoken.change]
    lab.on(changes, look_again, [opened, *inputs], outputs)
    lab.on(turn.click, swap, [stage.pins], [stage.pins])
    lab.on(others.click, shuffle, [stage.network], [stage.pins])
