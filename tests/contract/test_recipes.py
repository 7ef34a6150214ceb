"""What every recipe promises, whatever its network: repeatable, resumable, and able to learn."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.mnist import Mnist, pixels
from core.recipes import RECIPES
from core.training import archive, checkpoint
from core.training.config import Config
from core.training.metrics import Metrics
from core.training.progress import Progress, Training
from core.training.random_state import RandomState
from core.training.recipe import Recipe
from core.translation import corpus
from core.translation.corpus import Corpus, Test

SMALL = {
    "width": 32, "batch_size": 128, "epochs": 2, "steps": 150, "layers": 1, "feed_forward": 32,
    "heads": 2, "vocabulary_size": 300, "batch_tokens": 512, "warm_up": 20, "update_every": 4,
    "updates": 2, "averaging": 0.5,
}  # fmt: skip
CONVOLUTIONAL, NARROW = ("digits", "digits-judge"), {"width": 8}  # where width counts twice
LOSSES = {"train_loss", "validation_loss"}
GAME = {"generator_loss", "discriminator_loss", "real_score", "fake_score", "learning_rate"}
# What the events of each kind of network tell, by the first word of its recipe or its whole name.
FIGURES = {
    "autoencoder": LOSSES,
    "digits": GAME,
    "digits-judge": LOSSES,
    "translation": LOSSES | {"bleu", "exact_match"},
    "cartpole": {"return", "episodes", "epsilon", "loss", "max_q", "obtained", "learning_rate"},
}
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]

each = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
AUTOENCODERS = [name for name in RECIPES if name.startswith("autoencoder")]
autoencoders = pytest.mark.parametrize(
    "recipe", [RECIPES[name] for name in AUTOENCODERS], ids=AUTOENCODERS
)
everywhere = pytest.mark.parametrize("device", DEVICES)


def small_config(recipe: Recipe, **more: Any) -> Config:
    """A network of the recipe that trains in a second."""
    names = {item.name for item in fields(recipe.Config)}
    small = SMALL | NARROW if recipe.name in CONVOLUTIONAL else SMALL
    return recipe.Config(**{name: v for name, v in (small | more).items() if name in names})


def few_pairs(recipe: Recipe) -> Corpus:
    """Phrases under the names of the tests that the recipe is measured on."""
    phrases = corpus.phrases()
    short = sorted(phrases.train, key=lambda pair: len(pair[1]))[:120]
    toy = recipe.name == "translation-toy"
    names = ["combinations"] if toy else ["tatoeba", "test_2016_flickr"]
    sources, references = [short[0][0]], [[short[0][1]]]
    tests = {name: Test(sources, references) for name in names}
    return Corpus("phrases" if toy else "few", short, short[:10], tests)


class Trial:
    """A small training of a recipe, event by event."""

    def __init__(self, recipe: Recipe, data: Any, device: str, config: Config | None = None):
        self.recipe, self.device = recipe, device
        self.data = few_pairs(recipe) if recipe.name.startswith("translation") else data
        self.config = config or small_config(recipe)
        self.model: nn.Module = recipe.build(self.config).to(device)
        self.state: dict[str, Any] = {}
        self.last: Progress | None = None

    def events(self) -> Training:
        return self.recipe.train(self.model, self.data, self.config, self.state)

    def go(self, most: int | None = None) -> "Trial":
        """Train to the end, or for so many events."""
        for count, progress in enumerate(self.events(), 1):
            self.last = progress
            if count == most:
                break
        return self

    @property
    def weights(self) -> dict[str, Tensor]:
        return self.model.state_dict()

    def evaluate(self) -> Metrics:
        """Its figures, those that take seconds."""
        return self.recipe.evaluate(self.model.eval(), self.data, self.config, quick=True)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def global_random_states() -> list[Tensor]:
    """The states of torch's global generators, of the CPU and of each GPU."""
    return [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]


def unchanged(before: list[Tensor]) -> bool:
    return all(map(torch.equal, before, global_random_states()))


@each
@everywhere
def test_the_same_seed_gives_the_same_weights(recipe: Recipe, small: Mnist, device: str):
    torch.manual_seed(1)
    before = global_random_states()
    trial = Trial(recipe, small, device)
    assert unchanged(before), "building a network moves global random numbers"
    one = trial.go()
    assert unchanged(before), "training a network moves global random numbers"
    torch.manual_seed(2)
    assert same(one.weights, Trial(recipe, small, device).go().weights)
    other = Trial(recipe, small, device, small_config(recipe, seed=1))
    assert not same(Trial(recipe, small, device).weights, other.weights)


@everywhere
def test_dropout_draws_new_numbers_at_each_step(small: Mnist, device: str):
    recipe = RECIPES["translation-toy"]
    trial = Trial(recipe, small, device, small_config(recipe, dropout=0.5))
    drawn: list[list[float]] = []

    def draw(module: nn.Module, _: object) -> None:
        if module.training:
            drawn.append(torch.rand(4, device=device).tolist())

    dropout = next(module for module in trial.model.modules() if isinstance(module, nn.Dropout))
    dropout.register_forward_pre_hook(draw)
    trial.go(most=3)
    assert len(drawn) >= 3
    assert len({tuple(numbers) for numbers in drawn}) == len(drawn)


@everywhere
def test_a_random_state_is_its_own(device: str):
    def draw() -> list[float]:
        return torch.rand(4, device=device).tolist()

    before = global_random_states()
    own, other = (RandomState(0, torch.device(device)) for _ in range(2))
    with own:
        first = draw()
    kept = own.state_dict()
    with own:
        second = draw()
    assert first != second
    assert unchanged(before), "others' random numbers moved"
    with other:
        assert [draw(), draw()] == [first, second], "the same seed"
    other.load_state_dict(kept)
    with other:
        assert draw() == second


@each
def test_events(recipe: Recipe, small: Mnist):
    events = list(Trial(recipe, small, "cpu").events())
    figures = FIGURES.get(recipe.name) or FIGURES[recipe.name.split("-")[0]]
    steps = [progress.step for progress in events]
    assert steps == sorted(set(steps))
    assert steps[-1] == events[-1].total
    for progress in events:
        assert progress.total == events[0].total
        assert figures <= progress.metrics.keys()
        assert all(isinstance(value, float) for value in progress.metrics.values())
    first, last = events[0].preview, events[-1].preview
    assert first is not None
    assert last is not None
    # Detached: what was shown at the beginning has not moved with the network.
    assert any(not np.array_equal(first[name], last[name]) for name in first)
    assert all(isinstance(array, np.ndarray) for array in first.values())


@each
@everywhere
def test_resuming_is_as_if_there_had_been_no_break(
    recipe: Recipe, small: Mnist, device: str, tmp_path: Path
):
    whole = Trial(recipe, small, device).go()
    first = Trial(recipe, small, device).go(most=1)
    assert first.last is not None
    assert whole.last is not None
    assert first.last.step < whole.last.step
    path = tmp_path / "state.safetensors"
    checkpoint.write_state(path, {"model": first.weights, "training": first.state})
    second = Trial(recipe, small, device, small_config(recipe, seed=0))
    kept = checkpoint.read_state(path)
    checkpoint.fill(second.model, kept["model"], recipe.name)
    second.state = kept["training"]
    second.go()
    assert second.last is not None
    assert second.last.step == whole.last.step
    assert same(second.weights, whole.weights)


@each
@everywhere
def test_what_is_kept_is_what_was_trained(
    recipe: Recipe, small: Mnist, device: str, tmp_path: Path
):
    """Save, then load: equal outputs, and equal figures where the network was abandoned midway."""
    trial = Trial(recipe, small, device).go(most=1)
    assert trial.last is not None
    figures = trial.evaluate()
    card = recipe.card(trial.config, trial.data, trial.last, metrics=figures.values)
    checkpoint.write(tmp_path, recipe.name, trial.model, card)
    model, card = recipe.load(tmp_path, device)
    again, _ = archive.unpack(archive.pack_folder(recipe.name, tmp_path), RECIPES, device)
    assert same(trial.weights, model.state_dict())
    assert same(trial.weights, again.state_dict())
    config = recipe.Config.from_dict(card.config)
    assert config == trial.config
    assert recipe.evaluate(model, trial.data, config, quick=True) == figures
    assert card.metrics == figures.values
    assert recipe.headline in figures.values
    assert figures.values.keys() == figures.samples.keys()


@autoencoders
def test_an_autoencoder_learns(recipe: Recipe, small: Mnist):
    """After a few seconds it draws test digits better than the mean digit would."""
    config = small_config(recipe, epochs=8, batch_size=32, learning_rate=5e-3)
    trial = Trial(recipe, small, "cpu", config).go()
    mean = pixels(small.fit).mean(0)
    blind = float(((pixels(small.test_images) - mean) ** 2).mean())
    assert trial.evaluate().values["test_mse"] < blind


def test_a_judge_learns(small: Mnist):
    recipe = RECIPES["digits-judge"]
    config = small_config(recipe, width=8, batch_size=64, epochs=8)
    assert Trial(recipe, small, "cpu", config).go().evaluate().values["accuracy"] > 0.5


@each
def test_steering(recipe: Recipe, small: Mnist):
    """Rates of almost nothing, sent after the first step, leave the network there."""
    trial = Trial(recipe, small, "cpu")
    events = trial.events()
    next(events)
    before = {name: tensor.detach().clone() for name, tensor in trial.model.named_parameters()}
    rates = [item.name for item in fields(recipe.Config) if item.name.endswith("_rate")]
    least = {item.name: item.metadata["low"] for item in fields(recipe.Config)}
    *_, last = [events.send({name: least[name] for name in rates}), *events]
    assert last.metrics["learning_rate"] <= 1e-5
    steered = _distance(before, trial.model)
    free = Trial(recipe, small, "cpu").go()
    assert steered < 0.1 * _distance(before, free.model)


def _distance(before: dict[str, Tensor], model: nn.Module) -> float:
    after = dict(model.named_parameters())
    return sum((before[key] - after[key]).double().abs().sum().item() for key in before)


@each
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_and_cpu_agree(recipe: Recipe, small: Mnist):
    one = Trial(recipe, small, "cpu").go()
    other = Trial(recipe, small, "cuda").go()
    for name, value in one.evaluate().values.items():
        assert other.evaluate().values[name] == pytest.approx(value, rel=0.2)
