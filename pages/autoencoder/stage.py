"""What the sections of this tab share: the chosen network, its digits, where everything lies."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder import atlas, baseline
from core.autoencoder.atlas import Atlas
from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import Network
from pages.widgets import pack

TAB = "autoencoder"
SHIPPED = (
    "autoencoder",
    "autoencoder-deep",
    "autoencoder-vae",
    "autoencoder-denoising",
    "autoencoder-sparse",
)
FIRST = "autoencoder-deep"
KNOWN = 5_000  # digits whose codes are compared with others
SHOWN = 3_000  # points in the cloud: thousands, yet light enough for a phone


@dataclass
class Stage(ChosenNetwork):
    """The components that more than one section reads or changes."""

    # The last digits picked in the cloud, oldest first: A and B.
    picks: gr.State
    cloud: gr.HTML
    sliders: list[gr.Slider]
    # What follows a click in the cloud.
    picked: Any = None


SHELF = NetworkChoice(TAB, SHIPPED, FIRST)
available, first_of = SHELF.available, SHELF.first_of
network_of, network_name = SHELF.network_of, SHELF.name_of


def atlas_of(network: Network) -> Atlas:
    """Where the digits at hand lie for a network; computed at the first question."""
    digits = mnist.at_hand()
    return network.keep(
        f"atlas {digits.source}", lambda: atlas.build(network.model, *digits.shown, KNOWN)
    )


def both_of(lab: Lab, name: str, visitor: str) -> tuple[Network, Atlas]:
    network = network_of(lab, name, visitor)
    return network, atlas_of(network)


def pca_error(network: Network) -> float:
    """The error of PCA with as many numbers as this network's code, on the digits of its atlas."""
    digits = mnist.at_hand()
    pca = pca_of(network.model.config.code_size)
    return network.keep(
        f"PCA {digits.source}",
        lambda: baseline.mse(pca, mnist.pixels(digits.shown[0][: len(atlas_of(network))]).numpy()),
    )


def pca_of(size: int) -> baseline.Pca:
    """The principal components of the training digits at hand."""
    return _pca(size, mnist.at_hand().source)


@cache
def _pca(size: int, source: str) -> baseline.Pca:
    return baseline.fit(mnist.at_hand().train_images.numpy(), size)


def images(indices: Any) -> np.ndarray:
    """Digits (N, 784) in [0, 1] by their indices among those shown."""
    return mnist.pixels(mnist.at_hand().shown[0][np.ravel(indices)]).numpy()


def label(index: int) -> int:
    """Which digit the one with that index is."""
    return int(mnist.at_hand().shown[1][index])


def coordinates(point: np.ndarray) -> dict[str, float]:
    """A point (3,) as the cloud takes it."""
    return dict(zip("xyz", np.round(point.astype(float), 4).tolist(), strict=True))


def packed(points: np.ndarray) -> dict[str, str]:
    """Points (N, 3) as the cloud takes many of them."""
    return {axis: pack(column) for axis, column in zip("xyz", points.T, strict=True)}


def line(points: np.ndarray) -> dict[str, list[float]]:
    """Points (N, 3) as the cloud takes them."""
    columns = np.round(points.astype(float), 4).T.tolist()
    return dict(zip("xyz", columns, strict=True))


def number(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"
