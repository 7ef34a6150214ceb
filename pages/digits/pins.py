"""Digits kept for later under the letters A, B and C."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.digits.sample import WIDEST, sample
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.digits.hand import LIMIT, draw
from pages.digits.stage import PINS, network_of
from pages.widgets.digits import tile

PIN = 60  # pixels a side
FIRST = {"A": (1, 3), "B": (2, 8), "C": (3, 0)}  # seed and digit of each before another is pinned


def first_pins(network: Network, brought: Sequence[float] = ()) -> dict[str, Any]:
    """The pins that a network comes with. brought: those of a link, as `flat` wrote them."""
    size = network.model.latent_size
    if len(brought) == len(PINS) * (size + 1):
        rows = np.reshape(brought, (len(PINS), size + 1))
        return {
            letter: {"latent": np.clip(row[1:], -LIMIT, LIMIT).tolist(), "digit": int(row[0]) % 10}
            for letter, row in zip(PINS, rows, strict=True)
        }
    return {
        letter: {"latent": draw(network, seed, WIDEST), "digit": digit, "seed": seed}
        for letter, (seed, digit) in FIRST.items()
    }


def flat(pins: dict[str, Any]) -> list[float]:
    """Each pin's digit and latent, one after the other; nothing while all are the first ones."""
    if not pins or all(pins[pin].get("seed") == seed for pin, (seed, _) in FIRST.items()):
        return []
    return [number for pin in PINS for number in (pins[pin]["digit"], *pins[pin]["latent"])]


def pin(
    lab: Lab,
    letter: str,
    name: str,
    latent: list[float],
    digit: int,
    pins: dict[str, Any],
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Keep the digit at hand under a letter."""
    network = network_of(lab, name, visitor)
    kept = pins | {letter: {"latent": latent, "digit": digit}}
    return [kept, pinned(network, kept, PIN)]


def show_pins(
    lab: Lab, name: str, pins: dict[str, Any], visitor: str, language: str
) -> dict[str, Any]:
    """The pinned digits as they are by now."""
    return pinned(network_of(lab, name, visitor), pins, PIN)


def pinned(network: Network, pins: dict[str, Any], size: int) -> dict[str, Any]:
    """The pinned digits as tiles, by their letters."""
    kept = [pins[letter] for letter in PINS if letter in pins]
    if not kept:
        return {"tiles": []}
    images = sample(network.model, [pin["latent"] for pin in kept], [pin["digit"] for pin in kept])
    tiles = [tile(image, title=letter) for letter, image in zip(PINS, images, strict=False)]
    return {"size": size, "tiles": tiles}
