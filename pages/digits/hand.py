"""The digit at hand: its picture, what is said of it, and where it lies in latent space."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.digits.directions import REACH, Directions, coordinates, find_directions
from core.digits.sample import check_truncation, discriminate, draw_latents, middle_of
from core.errors import Problem
from core.mnist import at_hand, pixels
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.digits.lineup import digit_at_hand
from pages.digits.stage import judge_of, network_of
from pages.text import text
from pages.widgets.digits import tile

SLIDERS = 6  # directions to steer along, of those that were found
SIZE = 252  # pixels a side
MIDDLE = 200  # real digits that tell where a critic's middle lies
LIMIT = 4.0  # of a single number of the latent, on its slider


def face(
    lab: Lab, network: Network, latent: list[float], digit: int, dimension: int, language: str
) -> Sequence[Any]:
    """A digit: its picture, what is said of it, and where all sliders stand."""
    found = directions_of(network, digit)
    labelled = [
        gr.update(value=place, label=label(found, number, language))
        for number, place in enumerate(stands(found, latent))
    ]
    return [*picture(lab, network, latent, digit, language), *labelled, value(latent, dimension)]


def picture(
    lab: Lab, network: Network, latent: list[float], digit: int, language: str
) -> tuple[dict[str, Any], str]:
    """The digit at hand, and what discriminator and judge say of it."""
    image = digit_at_hand(network, latent, digit)
    judge = judge_of(lab).model
    # Only a critic's opinion depends on where its middle lies.
    middle = middle_for(network) if network.model.config.loss == "wgan-gp" else 0.0
    said = discriminate(network.model, judge, image[None], digit, middle)
    sentence = text(
        "digits.steer.said",
        language,
        opinion=f"{said.opinions[0]:.0%}",
        name=said.names[0],
        sure=f"{said.confidences[0]:.1%}",
    )
    return {"size": SIZE, "tiles": [tile(image, label=sentence)]}, sentence


def middle_for(network: Network) -> float:
    """Where this critic changes its mind, from the first real digits; computed once."""
    images, labels = at_hand().shown
    few = pixels(images[:MIDDLE]).numpy(), labels[:MIDDLE].numpy()
    return network.keep("middle", lambda: middle_of(network.model, *few))


def directions_of(network: Network, digit: int) -> Directions:
    """The directions of one class's latents, found at the first question."""
    label_ = check_count("digit", digit, 0, 9) if network.model.conditional else None
    return network.keep(f"directions {label_}", lambda: find_directions(network.model, label_))


def stands(found: Directions, latent: Any) -> list[float]:
    """Where the sliders stand for a latent; gradio refuses one that stands beyond its ends."""
    places = coordinates(found, latent)[:SLIDERS]
    return [round(float(place), 2) for place in np.clip(places, -REACH, REACH)]


def label(found: Directions, number: int, language: str) -> str:
    """What a direction was measured to change, or just which one it is."""
    attribute = found.attributes[number]
    if attribute is None:
        return text("digits.steer.direction", language, number=number + 1)
    word = text(f"digits.attribute.{attribute}", language)
    r = f"{found.correlations[number]:.2f}".replace("-", "−")
    return text("digits.steer.measured", language, attribute=word, r=r)


def value(latent: list[float], dimension: int) -> float:
    """One number of a latent, as its slider shows it; dimensions count from 1."""
    if not 1 <= dimension <= len(latent):
        raise Problem("setting.range", name="dimension", low=1, high=len(latent), value=dimension)
    return round(float(np.clip(latent[int(dimension) - 1], -LIMIT, LIMIT)), 2)


def choose_number(
    lab: Lab, latent: list[float], dimension: int, visitor: str, language: str
) -> float:
    """Show where another number of the latent stands."""
    return value(latent, dimension)


def await_directions(lab: Lab, name: str, digit: int, visitor: str, language: str) -> None:
    """Wait until the directions of a class are known."""
    directions_of(network_of(lab, name, visitor), digit)


def draw(network: Network, seed: int, truncation: float) -> list[float]:
    """The latent of a seed."""
    check_truncation(truncation)
    return draw_latents(1, network.model.latent_size, seed, truncation)[0].tolist()
