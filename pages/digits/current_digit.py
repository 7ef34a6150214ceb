"""The current digit: its image, its assessment, and its coordinates in latent space."""

from typing import Any

import gradio as gr
import numpy as np

from core.checks import check_count
from core.digits.directions import REACH, Directions, coordinates, find_directions
from core.digits.sample import check_truncation, discriminate, draw_latents, score_midpoint
from core.errors import Problem
from core.mnist import at_hand, pixels
from pages.app.networks import Network
from pages.app.request import Request
from pages.digits.real_and_fake import current_image
from pages.digits.shared import classifier_of
from pages.widgets.digits import tile

SLIDERS = 6  # directions to steer along, of those that were found
SIZE = 252  # pixels a side
MIDPOINT_IMAGES = 200  # real digits to compute the midpoint of a critic's scores
LIMIT = 4.0  # of a single number of the latent, on its slider


def digit_outputs(
    request: Request, network: Network, latent: list[float], digit: int, dimension: int
) -> dict[str, Any]:
    """The outputs of `image_outputs`, "sliders", and "number": one number of the latent."""
    found = directions_of(network, digit)
    sliders = [
        gr.update(value=value, label=label(request, found, position))
        for position, value in enumerate(slider_values(found, latent))
    ]
    number = number_of(latent, dimension)
    return {**image_outputs(request, network, latent, digit), "sliders": sliders, "number": number}


def image_outputs(
    request: Request, network: Network, latent: list[float], digit: int
) -> dict[str, Any]:
    """The outputs "image" and "assessment", by discriminator and classifier, of a digit."""
    image = current_image(network, latent, digit)
    # Only a critic's assessment depends on the midpoint.
    midpoint = midpoint_of(network) if network.model.config.loss == "wgan-gp" else 0.0
    classifier = classifier_of(request.lab).model
    found = discriminate(network.model, classifier, image[None], digit, midpoint)
    assessment = request.text(
        "digits.steer.said",
        opinion=f"{found.probability_real[0]:.0%}",
        name=found.classes[0],
        sure=f"{found.confidences[0]:.1%}",
    )
    tiles = [tile(image, label=assessment)]
    return {"image": {"size": SIZE, "tiles": tiles}, "assessment": assessment}


def midpoint_of(network: Network) -> float:
    """The midpoint of a critic's scores, from the first real digits; computed once."""
    images, labels = at_hand().shown
    few = pixels(images[:MIDPOINT_IMAGES]).numpy(), labels[:MIDPOINT_IMAGES].numpy()
    return network.keep("middle", lambda: score_midpoint(network.model, *few))


def directions_of(network: Network, digit: int) -> Directions:
    """The directions of a class; computed once."""
    class_ = check_count("digit", digit, 0, 9) if network.model.conditional else None
    return network.keep(f"directions {class_}", lambda: find_directions(network.model, class_))


def slider_values(found: Directions, latent: Any) -> list[float]:
    """The coordinates of a latent within the bounds of the sliders, which Gradio enforces."""
    values = coordinates(found, latent)[:SLIDERS]
    return [round(float(value), 2) for value in np.clip(values, -REACH, REACH)]


def label(request: Request, found: Directions, position: int) -> str:
    """The attribute that a direction changes, or its number."""
    attribute = found.attributes[position]
    if attribute is None:
        return request.text("digits.steer.direction", number=position + 1)
    word = request.text(f"digits.attribute.{attribute}")
    r = f"{found.correlations[position]:.2f}".replace("-", "−")
    return request.text("digits.steer.measured", attribute=word, r=r)


def number_of(latent: list[float], dimension: int) -> float:
    """One number of a latent, as its slider shows it; dimensions count from 1."""
    if not 1 <= dimension <= len(latent):
        raise Problem("setting.range", name="dimension", low=1, high=len(latent), value=dimension)
    return round(float(np.clip(latent[int(dimension) - 1], -LIMIT, LIMIT)), 2)


def draw_latent(network: Network, seed: int, truncation: float) -> list[float]:
    """The latent of a seed."""
    check_truncation(truncation)
    return draw_latents(1, network.model.latent_size, seed, truncation)[0].tolist()
