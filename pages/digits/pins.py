"""Digits kept under the letters A, B and C."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.digits.sample import WIDEST, sample
from pages.app.networks import Network
from pages.app.request import Request
from pages.digits.current_digit import LIMIT, draw_latent
from pages.digits.shared import PINS, requested_network
from pages.widgets.digits import tile

SIZE = 60  # pixels a side
FIRST = {"A": (1, 3), "B": (2, 8), "C": (3, 0)}  # seed and class of each at the start


def first_pins(network: Network, linked: Sequence[float] = ()) -> dict[str, Any]:
    """The pins of a network at the start. linked: those of a link, as `flat` wrote them."""
    size = network.model.latent_size
    if len(linked) == len(PINS) * (size + 1):
        rows = np.reshape(linked, (len(PINS), size + 1))
        return {
            letter: {"latent": np.clip(row[1:], -LIMIT, LIMIT).tolist(), "digit": int(row[0]) % 10}
            for letter, row in zip(PINS, rows, strict=True)
        }
    return {
        letter: {"latent": draw_latent(network, seed, WIDEST), "digit": digit, "seed": seed}
        for letter, (seed, digit) in FIRST.items()
    }


def flat(pins: dict[str, Any]) -> list[float]:
    """The class and latent of each pin as one list; [] while all are the first ones."""
    if not pins or all(pins[pin].get("seed") == seed for pin, (seed, _) in FIRST.items()):
        return []
    return [number for pin in PINS for number in (pins[pin]["digit"], *pins[pin]["latent"])]


def pin(
    request: Request,
    *,
    letter: str,
    network: str,
    latent: list[float],
    digit: int,
    pins: dict[str, Any],
) -> dict[str, Any]:
    """Keep the current digit under a letter."""
    kept = pins | {letter: {"latent": latent, "digit": digit}}
    return {"pins": kept, "pinned": show_pins(request, network=network, pins=kept)}


def show_pins(request: Request, *, network: str, pins: dict[str, Any]) -> dict[str, Any]:
    """The pinned digits as tiles, by their letters."""
    kept = {letter: pins[letter] for letter in PINS if letter in pins}
    if not kept:
        return {"tiles": []}
    latents, labels = ([pin[part] for pin in kept.values()] for part in ("latent", "digit"))
    images = sample(requested_network(request, network).model, latents, labels)
    tiles = [tile(image, title=letter) for letter, image in zip(kept, images, strict=True)]
    return {"size": SIZE, "tiles": tiles}
