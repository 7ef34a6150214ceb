"""Digits kept for later under the letters A, B and C."""

from collections.abc import Sequence
from typing import Any

from core.digits.sample import sample
from pages.digits.stage import PINS, network_of
from pages.lab import Lab, Network
from pages.widgets.digits import tile

PIN = 60  # pixels a side


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
