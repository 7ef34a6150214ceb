"""Interpolate between two pinned digits, and add and subtract all three."""

from typing import Any

import gradio as gr
import numpy as np

from core.digits.sample import KINDS, WIDEST, arithmetic, interpolate, sample
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.current_digit import draw_latent
from pages.digits.shared import PINS, Shared, requested_network
from pages.widgets.digits import digits, tile
from pages.widgets.player import frames, player

FRAMES = 24
SIZE = 84  # pixels a side


def show_path(request: Request, *, network: str, pins: dict[str, Any], kind: str) -> dict[str, Any]:
    """The path from A to B as a film with its description, and the sum A − B + C."""
    if len(pins) < len(PINS):  # the first digits are not there yet
        return {}
    gan = requested_network(request, network).model
    a, b, c = latents = [pins[pin]["latent"] for pin in PINS]
    labels = [pins[pin]["digit"] for pin in PINS]
    path = interpolate(gan, a, b, labels[:2], FRAMES, kind)
    norms = np.linalg.norm(path.latents, axis=1)
    description = request.text(
        f"digits.walk.{kind}_story",
        start=f"{norms[0]:.1f}",
        middle=f"{norms[FRAMES // 2]:.1f}",
        end=f"{norms[-1]:.1f}",
        usual=f"{gan.latent_size**0.5:.1f}",
    )
    shares = [f"{100 * step / (FRAMES - 1):.0f} %" for step in range(FRAMES)]

    images = sample(gan, latents, labels)
    total = arithmetic(gan, a, b, c, labels)
    signs = ("A", "− B", "+ C", "= A − B + C")
    captions = [""] * 4
    if gan.conditional:
        captions = [*map(str, labels), f"{labels[0]} − {labels[1]} + {labels[2]}"]
    tiles = [
        tile(image, title=sign, caption=caption)
        for image, sign, caption in zip([*images, total.image], signs, captions, strict=True)
    ]
    note = "digits.walk.shortened" if total.scale < 1 else "digits.walk.plain"
    return {
        "film": frames(path.images, shares),
        "description": description,
        "equation": {"size": SIZE, "tiles": tiles},
        "note": request.text(note, share=f"{total.scale:.0%}"),
    }


def swap(request: Request, *, pins: dict[str, Any]) -> dict[str, Any]:
    """Exchange A and B."""
    return pins | {"A": pins["B"], "B": pins["A"]} if len(pins) == len(PINS) else pins


def shuffle(request: Request, *, network: str) -> dict[str, Any]:
    """Three new digits, drawn at random."""
    chosen, random = requested_network(request, network), np.random.default_rng()
    seeds, labels = random.integers(1_000_000, size=len(PINS)), random.permutation(10)
    return {
        pin: {"latent": draw_latent(chosen, int(seed), WIDEST), "digit": int(label)}
        for pin, seed, label in zip(PINS, seeds, labels, strict=False)
    }


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The path on the left, the sum on the right."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits.walk.hint")
    with gr.Row():
        with gr.Column(min_width=300):
            kind = lab.translate(
                gr.Radio(list(KINDS), value=KINDS[0], interactive=True),
                label="digits.walk.kind",
                choices={key: f"digits.walk.{key}" for key in KINDS},
            )
            lab.links.add("way", kind)
            film = lab.translate(player("walk", size=196), words="digits.words.player")
            description = gr.Markdown(elem_classes="verdict")
        with gr.Column(min_width=300):
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="digits.walk.sum")
            with gr.Column(elem_classes="shelf"):
                equation = lab.translate(digits(SIZE, clickable=False), words="digits.words.sum")
            note = gr.Markdown(elem_classes="verdict")
            with gr.Row():
                exchange = lab.translate(gr.Button(min_width=120), value="digits.walk.swap")
                others = lab.translate(gr.Button(min_width=120), value="digits.walk.shuffle")

    # A new network comes with new pins.
    changes = [shared.pins.change, kind.input, lab.events.language_switched]
    inputs = {"network": shared.network, "pins": shared.pins, "kind": kind}
    outputs = {"film": film, "description": description, "equation": equation, "note": note}
    lab.events.on(changes, show_path, inputs, outputs, after=first_visit(place))
    lab.events.on(exchange.click, swap, {"pins": shared.pins}, shared.pins)
    lab.events.on(others.click, shuffle, {"network": shared.network}, shared.pins)
