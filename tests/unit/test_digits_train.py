"""The game as it is played: steering, who steps, events, and how it ends when it goes wrong."""

import copy
from collections.abc import Mapping

import numpy as np
import pytest
import torch
from torch import Tensor

from core.digits import train as training
from core.digits.config import DigitsConfig, ImageConfig, MlpConfig
from core.digits.losses import discriminator_loss
from core.digits.model import Gan, build
from core.errors import Problem
from core.mnist import Mnist
from core.training.loop import Pace, run
from tests.trainings import EVERY_STEP


@pytest.fixture(scope="module")
def digits() -> Mnist:
    """Bars in place of digits: ten places, 300 to learn from."""
    images = torch.zeros(300, 28, 28, dtype=torch.uint8)
    labels = torch.arange(300) % 10
    for image, label in zip(images, labels.tolist(), strict=True):
        image[4:24, 4 + 2 * label : 7 + 2 * label] = 255
    empty = torch.empty(0, 784, dtype=torch.uint8), torch.empty(0, dtype=torch.int64)
    return Mnist(images.flatten(1), labels, *empty, "few")


CONFIGS = (DigitsConfig(width=8, epochs=1, batch_size=32), MlpConfig(epochs=1, batch_size=32))
each = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)


def with_(config: ImageConfig, **changes: object) -> ImageConfig:
    return type(config).from_dict(config.to_dict() | changes)


def moved(before: Mapping[str, Tensor], gan: Gan) -> set[str]:
    """The networks whose weights have changed."""
    after = gan.state_dict()
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


@each
@pytest.mark.parametrize("only", ["generator", "discriminator"])
def test_only_one_network_is_trained(config: ImageConfig, only: str, digits: Mnist):
    gan = build(config)
    events = run(training.GanTask(gan, digits, config), pace=EVERY_STEP)
    next(events)
    before = {name: tensor.clone() for name, tensor in gan.named_parameters()}
    event = events.send({"only": only})
    expected = {only} | ({"average"} if only == "generator" and gan.average is not None else set())
    assert moved(before, gan) == expected
    assert all(map(np.isfinite, event.metrics.values()))


@each
def test_each_loss_trains(config: ImageConfig, digits: Mnist):
    for loss in ("saturating", "least-squares", "hinge", "wgan-gp", "non-saturating"):
        gan = build(with_(config, loss=loss, r1=0.1))
        event = next(run(training.GanTask(gan, digits, gan.config), pace=EVERY_STEP))
        assert all(map(np.isfinite, event.metrics.values())), loss
        scores = event.metrics["real_score"], event.metrics["fake_score"]
        if loss in ("saturating", "non-saturating"):
            assert min(scores) > 0 and max(scores) < 1


@each
def test_new_settings_hold_from_the_next_step(config: ImageConfig, digits: Mnist):
    gan = build(config)
    events = run(training.GanTask(gan, digits, config), pace=EVERY_STEP)
    next(events)
    event = events.send({"generator_rate": 1e-5, "loss": "wgan-gp", "discriminator_steps": 3})
    assert event.metrics["learning_rate"] <= 1e-5
    assert event.step == 2, "a step is one of the generator"
    with pytest.raises(Problem) as error:
        events.send({"discriminator_rate": -1})
    assert error.value.key == "setting.range"


def test_the_first_metrics_are_those_of_the_untrained_networks(digits: Mnist):
    config = MlpConfig(batch_size=270, epochs=1)
    gan = build(config)
    untrained = copy.deepcopy(gan)
    event = next(run(training.GanTask(gan, digits, config), pace=EVERY_STEP))
    generator = torch.Generator().manual_seed(config.seed)
    torch.randperm(270, generator=generator)
    with torch.no_grad():
        real = untrained.discriminate(digits.fit / 255)
        latents = torch.randn(270, 100, generator=generator)
        fake = untrained.discriminate(untrained.sample(latents))
    expected = discriminator_loss("non-saturating", real, fake)
    assert event.metrics["discriminator_loss"] == pytest.approx(expected.item(), rel=1e-5)
    assert event.metrics["real_score"] == pytest.approx(real.sigmoid().mean().item(), rel=1e-5)
    assert event.metrics["fake_score"] == pytest.approx(fake.sigmoid().mean().item(), rel=1e-5)


@each
def test_the_preview_shows_samples_of_fixed_latents(config: ImageConfig, digits: Mnist):
    gan = build(config)
    for event in run(training.GanTask(gan, digits, config), pace=EVERY_STEP):
        assert event.preview is not None
        wall = event.preview["wall"]
        assert (wall.shape, wall.dtype) == ((100, 784), np.uint8)
        with torch.no_grad():
            images = gan.eval().sample(*gan.preview_latents())
        np.testing.assert_array_equal(wall, (images * 255).round().numpy().astype(np.uint8))


@each
def test_events_use_no_random_number_of_the_training(config: ImageConfig, digits: Mnist):
    models = []
    for seconds in (0.0, 60.0):
        before = torch.get_rng_state()
        models.append(build(config))
        list(run(training.GanTask(models[-1], digits, config), pace=Pace(seconds)))
        assert torch.equal(torch.get_rng_state(), before)
    assert not moved(models[0].state_dict(), models[1])


@each
def test_divergence_restores_the_last_good_weights(config: ImageConfig, digits: Mnist):
    gan = build(config)
    events = run(training.GanTask(gan, digits, config), pace=EVERY_STEP)
    next(events)
    good = copy.deepcopy(gan.state_dict())
    with torch.no_grad():
        next(gan.generator.parameters()).fill_(float("inf"))
    with pytest.raises(Problem) as error:
        next(events)
    assert error.value.key == "training.diverged"
    assert not moved(good, gan)


def test_a_generator_learns_bars(digits: Mnist):
    """After some hundred steps the samples of a label resemble its bar more than another's."""
    config = DigitsConfig(width=16, epochs=18, batch_size=32, average=0.9, r1=1.0, naming=1.0)
    gan = build(config)
    *_, last = run(training.GanTask(gan, digits, config))
    assert last.preview is not None
    walls = last.preview["wall"].reshape(10, 10, 784).astype(float)
    bars = digits.train_images[:10].numpy().astype(float)
    distances = ((walls[:, :, None] - bars) ** 2).mean(3)  # (label, column, bar)
    share = (distances.argmin(2) == np.arange(10)[:, None]).mean()
    assert share > 0.8
