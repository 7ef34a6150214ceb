"""Every network that can be trained: one line each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from core import mnist
from core.autoencoder import config as autoencoder
from core.autoencoder.metrics import evaluate as evaluate_autoencoder
from core.autoencoder.model import build as build_autoencoder
from core.autoencoder.train import train as train_autoencoder
from core.config import Config, nearest
from core.errors import Problem
from core.metrics import Metrics
from core.progress import Training


@dataclass(frozen=True)
class Recipe:
    """How one network is made and measured.

    build(config) gives an untrained model, the same for the same seed. data() gives what `train`
    and `evaluate` take. train(model, data, config, state) is a generator of `Progress`.
    evaluate(model, data, config) measures the card's figures. headline: the figure to name first.
    """

    name: str
    Config: type[Config]
    build: Callable[[Any], nn.Module]
    data: Callable[[], Any]
    train: Callable[..., Training]
    evaluate: Callable[..., Metrics]
    headline: str


def _autoencoder(name: str, config: type[Config], headline: str) -> Recipe:
    return Recipe(
        name,
        config,
        build_autoencoder,
        mnist.load,
        train_autoencoder,
        evaluate_autoencoder,
        headline,
    )


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _autoencoder("autoencoder", autoencoder.PlainConfig, "test_mse"),
        _autoencoder("autoencoder-deep", autoencoder.DeepConfig, "test_mse"),
        _autoencoder("autoencoder-vae", autoencoder.VariationalConfig, "log_likelihood"),
        _autoencoder("autoencoder-denoising", autoencoder.DenoisingConfig, "denoised_mse"),
        _autoencoder("autoencoder-sparse", autoencoder.SparseConfig, "test_mse"),
    )
}


def find(name: str) -> Recipe:
    """The recipe of that name. Raises `Problem` naming the nearest one."""
    if name not in RECIPES:
        raise Problem("recipe.unknown", name=str(name)[:60], nearest=nearest(name, list(RECIPES)))
    return RECIPES[name]
