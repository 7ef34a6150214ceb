"""Every network that can be trained: one line each."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core import checkpoint, mnist
from core.autoencoder import config as autoencoder
from core.autoencoder.metrics import evaluate as evaluate_autoencoder
from core.autoencoder.model import build as build_autoencoder
from core.autoencoder.train import train as train_autoencoder
from core.cartpole import config as cartpole
from core.cartpole.metrics import evaluate as evaluate_agent
from core.cartpole.model import build as build_agent
from core.cartpole.train import Gym
from core.cartpole.train import train as train_agent
from core.checkpoint import Card
from core.config import Config, nearest
from core.digits.config import DigitsConfig, MlpConfig, ToyConfig
from core.digits.metrics import evaluate as evaluate_game
from core.digits.model import build as build_game
from core.digits.train import Plane
from core.digits.train import train as train_game
from core.errors import Problem
from core.metrics import Metrics
from core.mnist import classifier
from core.mnist.config import ClassifierConfig
from core.mnist.train import train as train_classifier
from core.training.progress import Progress, Training
from core.translation import config as translation
from core.translation import corpus
from core.translation.metrics import evaluate as evaluate_transformer
from core.translation.model import build as build_transformer
from core.translation.train import train as train_transformer


@dataclass(frozen=True)
class Recipe:
    """How one network is made and measured.

    build(config) gives an untrained model, the same for the same seed. data() gives what `train`
    and `evaluate` take; its `source` says what it is. train(model, data, config, state) is a
    generator of `Progress`. evaluate(model, data, config, quick) measures the
    card's figures; quick: those that take seconds. headline: the figure to name first.
    """

    name: str
    Config: type[Config]
    build: Callable[[Any], nn.Module]
    data: Callable[[], Any]
    train: Callable[..., Training]
    evaluate: Callable[..., Metrics]
    headline: str

    def load(
        self, folder: Path = checkpoint.FOLDER, device: str | torch.device = "cpu"
    ) -> tuple[nn.Module, Card]:
        """This recipe's network as trained in a folder, ready for use, and its card.

        Raises `Problem` ("checkpoint.*") where it is missing, damaged or another recipe's.
        """
        card = checkpoint.read_card(folder, self.name)
        return self.rebuild(card, checkpoint.read_weights(folder, self.name), device), card

    def rebuild(self, card: Card, weights: bytes, device: str | torch.device = "cpu") -> nn.Module:
        """The network that a card and the bytes of its weights file describe, ready for use.

        Both may come from a stranger: the settings must lie within their bounds, and the weights
        must be the card's, fit and be finite. Raises `Problem` otherwise.
        """
        if card.recipe != self.name:
            raise Problem("checkpoint.recipe", found=card.recipe[:60], expected=self.name)
        tensors = checkpoint.parse_weights(weights, self.name, card)
        model = self.build(self.Config.from_dict(card.config))
        checkpoint.fill(model, tensors, self.name)
        return model.to(device).eval()

    def card(self, config: Any, data: Any, progress: Progress, **more: Any) -> Card:
        """The card of a network of this recipe after `progress`; more: its other entries."""
        return Card(
            recipe=self.name,
            config=config.to_dict(),
            seed=config.seed,
            steps=progress.step,
            total=progress.total,
            data=data.source,
            **more,
        )

    def command(self, flags: Mapping[str, object]) -> str:
        """What to type to train this recipe with flags such as {"learning_rate": 0.001}.

        A flag whose value is True takes none, e.g. {"resume": True}.
        """
        words = ["python", "-m", "core", "train", self.name]
        for name, value in flags.items():
            words.append("--" + name.replace("_", "-"))
            words += [] if value is True else [str(value)]
        return shlex.join(words)


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


def _game(name: str, config: type[Config], data: Callable[[], Any], headline: str) -> Recipe:
    return Recipe(name, config, build_game, data, train_game, evaluate_game, headline)


def _translator(name: str, config: type[Config], data: Callable[[], Any], headline: str) -> Recipe:
    return Recipe(
        name,
        config,
        build_transformer,
        data,
        train_transformer,
        evaluate_transformer,
        headline,
    )


def _agent(name: str, config: type[Config]) -> Recipe:
    return Recipe(name, config, build_agent, Gym, train_agent, evaluate_agent, "greedy_return")


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _autoencoder("autoencoder", autoencoder.PlainConfig, "test_mse"),
        _autoencoder("autoencoder-deep", autoencoder.DeepConfig, "test_mse"),
        _autoencoder("autoencoder-vae", autoencoder.VariationalConfig, "log_likelihood"),
        _autoencoder("autoencoder-denoising", autoencoder.DenoisingConfig, "denoised_mse"),
        _autoencoder("autoencoder-sparse", autoencoder.SparseConfig, "test_mse"),
        _game("digits", DigitsConfig, mnist.load, "frechet_ratio"),
        _game("digits-mlp", MlpConfig, mnist.load, "frechet_ratio"),
        _game("digits-toy", ToyConfig, Plane, "good"),
        Recipe(
            "digits-judge",
            ClassifierConfig,
            classifier.build,
            mnist.load,
            train_classifier,
            classifier.evaluate,
            "accuracy",
        ),
        _translator(
            "translation",
            translation.EverydayConfig,
            corpus.everyday,
            "bleu_tatoeba",
        ),
        _translator(
            "translation-multi30k",
            translation.CaptionsConfig,
            corpus.multi30k,
            "bleu_test_2016_flickr",
        ),
        _translator(
            "translation-toy",
            translation.PhrasesConfig,
            corpus.phrases,
            "exact_match",
        ),
        _agent("cartpole", cartpole.QConfig),
        _agent("cartpole-double", cartpole.DoubleConfig),
        _agent("cartpole-dueling", cartpole.DuelingConfig),
        _agent("cartpole-best", cartpole.BestConfig),
    )
}


def find(name: str) -> Recipe:
    """The recipe of that name. Raises `Problem` naming the nearest one."""
    if name not in RECIPES:
        raise Problem("recipe.unknown", name=str(name)[:60], nearest=nearest(name, list(RECIPES)))
    return RECIPES[name]
