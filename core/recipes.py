"""Every network that can be trained: one line each."""

from collections.abc import Callable
from typing import Any

from core import mnist
from core.autoencoder import config as autoencoder
from core.autoencoder.metrics import evaluate as evaluate_autoencoder
from core.autoencoder.model import build as build_autoencoder
from core.autoencoder.train import AutoencoderTask
from core.cartpole import config as cartpole
from core.cartpole.metrics import evaluate as evaluate_agent
from core.cartpole.model import build as build_agent
from core.cartpole.train import DQNTask, Gym
from core.digits.config import DigitsConfig, MlpConfig, ToyConfig
from core.digits.metrics import evaluate as evaluate_gan
from core.digits.model import build as build_gan
from core.digits.train import GanTask, Plane
from core.errors import Problem
from core.mnist import classifier
from core.mnist.config import ClassifierConfig
from core.mnist.train import classifier_task
from core.training.config import Config, nearest
from core.training.recipe import Recipe
from core.translation import config as translation
from core.translation import corpus
from core.translation.metrics import evaluate as evaluate_transformer
from core.translation.model import build as build_transformer
from core.translation.train import TranslationTask


def _autoencoder(name: str, config: type[Config], headline: str) -> Recipe:
    task, evaluate = AutoencoderTask, evaluate_autoencoder
    return Recipe(name, config, build_autoencoder, mnist.load, task, evaluate, headline)


def _gan(name: str, config: type[Config], data: Callable[[], Any], headline: str) -> Recipe:
    return Recipe(name, config, build_gan, data, GanTask, evaluate_gan, headline)


def _translator(name: str, config: type[Config], data: Callable[[], Any], headline: str) -> Recipe:
    task, evaluate = TranslationTask, evaluate_transformer
    return Recipe(name, config, build_transformer, data, task, evaluate, headline)


def _agent(name: str, config: type[Config]) -> Recipe:
    return Recipe(name, config, build_agent, Gym, DQNTask, evaluate_agent, "greedy_return")


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _autoencoder("autoencoder", autoencoder.PlainConfig, "test_mse"),
        _autoencoder("autoencoder-deep", autoencoder.DeepConfig, "test_mse"),
        _autoencoder("autoencoder-vae", autoencoder.VariationalConfig, "log_likelihood"),
        _autoencoder("autoencoder-denoising", autoencoder.DenoisingConfig, "denoised_mse"),
        _autoencoder("autoencoder-sparse", autoencoder.SparseConfig, "test_mse"),
        _gan("digits", DigitsConfig, mnist.load, "frechet_ratio"),
        _gan("digits-mlp", MlpConfig, mnist.load, "frechet_ratio"),
        _gan("digits-toy", ToyConfig, Plane, "good"),
        Recipe(
            "digits-judge",
            ClassifierConfig,
            classifier.build,
            mnist.load,
            classifier_task,
            classifier.evaluate,
            "accuracy",
        ),
        _translator("translation", translation.EverydayConfig, corpus.everyday, "bleu_tatoeba"),
        _translator(
            "translation-multi30k",
            translation.CaptionsConfig,
            corpus.multi30k,
            "bleu_test_2016_flickr",
        ),
        _translator("translation-toy", translation.PhrasesConfig, corpus.phrases, "exact_match"),
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
