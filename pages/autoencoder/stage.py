"""What the sections of this tab share: the chosen network, its digits, and where everything lies."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder import atlas
from core.autoencoder.atlas import Atlas
from core.errors import Problem
from pages.lab import MINE, Lab, Network
from pages.text import text

TAB = "autoencoder"
SHIPPED = (
    "autoencoder",
    "autoencoder-deep",
    "autoencoder-vae",
    "autoencoder-denoising",
    "autoencoder-sparse",
)
FIRST = "autoencoder-deep"
SHOWN = 3_000  # points in the cloud: thousands, yet light enough for a phone


@dataclass
class Stage:
    """The components that more than one section reads or changes."""

    network: gr.Radio
    cloud: gr.HTML
    sliders: list[gr.Slider]
    # The last digits clicked in the cloud, oldest first, at most two.
    picks: gr.State


def network_of(lab: Lab, name: str, visitor: str) -> Network:
    """The network chosen in this tab: one of the five, or the visitor's own."""
    if name not in (*SHIPPED, MINE):
        raise Problem("recipe.unknown", name=str(name)[:60], nearest=FIRST)
    return lab.network(name, TAB, visitor)


def atlas_of(network: Network) -> Atlas:
    """Where the digits at hand lie for a network; computed at the first question."""
    digits = mnist.at_hand()
    images, labels = digits.shown
    return network.keep(f"atlas {digits.source}", lambda: atlas.build(network.model, images, labels))


def images(indices: Any) -> np.ndarray:
    """Digits (N, 784) in [0, 1] by their index among those shown."""
    shown = mnist.at_hand().shown[0]
    for index in np.ravel(indices):
        if not 0 <= index < len(shown):
            raise Problem("index.range", index=index, last=len(shown) - 1)
    return mnist.pixels(shown[np.ravel(indices)]).numpy()


def label(index: int) -> int:
    """Which digit the one with that index is."""
    return int(mnist.at_hand().shown[1][index])


def network_name(name: str, language: str) -> str:
    return text(f"{TAB}.network.{name}", language)


def coordinates(point: np.ndarray) -> dict[str, float]:
    """A point (3,) as the cloud takes it."""
    return dict(zip("xyz", np.round(point.astype(float), 4).tolist(), strict=True))


def line(points: np.ndarray) -> dict[str, list[float]]:
    """Points (N, 3) as the cloud takes them."""
    columns = np.round(points.astype(float), 4).T.tolist()
    return dict(zip("xyz", columns, strict=True))


def number(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"
