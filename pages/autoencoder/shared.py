"""What the sections of this tab share: the chosen network, its digits and their codes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder import baseline, latent_space
from core.autoencoder.latent_space import LatentSpace
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import Network
from pages.app.request import Request
from pages.widgets import pack

NAME = "autoencoder"
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
class Shared(ChosenNetwork):
    """The components that more than one section reads or changes.

    picks: the last two digits picked in the cloud, A and B, oldest first. sliders: one for each
    axis of the cloud.
    """

    picks: gr.State
    cloud: gr.HTML
    sliders: list[gr.Slider]


NETWORKS = NetworkChoice(NAME, SHIPPED, FIRST)
available = NETWORKS.available
network_of, network_name = NETWORKS.network_of, NETWORKS.name_of


def space_of(network: Network) -> LatentSpace:
    """The latent space of a network with the available digits; computed at the first call."""
    digits = mnist.at_hand()
    return network.keep(
        f"space {digits.source}", lambda: latent_space.build(network.model, *digits.shown, KNOWN)
    )


def requested(request: Request, name: str) -> tuple[Network, LatentSpace]:
    """The network of that name for whoever asks, and its latent space."""
    network = network_of(request.lab, name, request.visitor)
    return network, space_of(network)


def pca_error(network: Network) -> float:
    """The error of PCA with as many numbers as the network's code, on the same digits."""
    digits = mnist.at_hand()
    pca = pca_of(network.model.config.code_size)
    return network.keep(
        f"PCA {digits.source}",
        lambda: baseline.mse(pca, mnist.pixels(digits.shown[0][: len(space_of(network))]).numpy()),
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
