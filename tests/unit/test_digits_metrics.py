"""Known answers of the metrics that compare generated digits with real ones."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from core.digits import metrics
from core.digits.config import DigitsConfig, MlpConfig
from core.digits.metrics import evaluate
from core.digits.model import build
from core.errors import Problem
from core.mnist import Mnist, classifier
from core.mnist.config import ClassifierConfig
from core.mnist.frechet import frechet_distance
from core.mnist.prdc import precision_recall_density_coverage


def test_the_frechet_distance_is_the_closed_form():
    generator = np.random.default_rng(0)
    one = generator.normal(size=(400, 5)) @ generator.normal(size=(5, 5))
    other = generator.normal(size=(300, 5)) @ generator.normal(size=(5, 5)) + 1
    spread, other_spread = np.cov(one.T), np.cov(other.T)
    expected = np.square(one.mean(0) - other.mean(0)).sum() + np.trace(
        spread + other_spread - 2 * np.real(sqrtm(spread @ other_spread))
    )
    found = frechet_distance(torch.from_numpy(one), torch.from_numpy(other))
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_frechet_distance_of_gaussians_along_the_axes():
    """Where covariances commute it is |m − m'|² + Σ (σ − σ')²."""
    square = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]) * (3 / 4) ** 0.5  # variance 1
    one = square * torch.tensor([2.0, 3.0])
    other = square * torch.tensor([5.0, 1.0]) + torch.tensor([0.0, 4.0])
    assert frechet_distance(one, other) == pytest.approx(
        4**2 + (2 - 5) ** 2 + (3 - 1) ** 2, rel=1e-6
    )
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-6)


def test_features_that_never_vary_do_not_break_the_distance():
    flat = torch.cat([torch.randn(50, 3), torch.zeros(50, 4)], 1)
    assert frechet_distance(flat, flat + 1) == pytest.approx(7, rel=1e-5)


def by_the_definition(real: np.ndarray, fake: np.ndarray, k: int = 5) -> dict[str, float]:
    """Naeem et al. 2020, with loops."""

    def distance(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.linalg.norm(a - b))

    def reach(points: np.ndarray) -> list[float]:
        return [sorted(distance(p, q) for q in points)[k] for p in points]

    real_reach, fake_reach = reach(real), reach(fake)
    inside = np.array(
        [[distance(r, f) < s for f in fake] for r, s in zip(real, real_reach, strict=True)]
    )
    reached = [any(distance(r, f) < s for f, s in zip(fake, fake_reach, strict=True)) for r in real]
    return {
        "precision": inside.any(0).mean(),
        "recall": float(np.mean(reached)),
        "density": inside.sum(0).mean() / k,
        "coverage": inside.any(1).mean(),
    }


def test_fidelity_and_diversity_are_as_defined():
    generator = np.random.default_rng(1)
    real, fake = generator.normal(size=(60, 3)), generator.normal(0.7, 0.6, size=(45, 3))
    found = precision_recall_density_coverage(torch.from_numpy(real), torch.from_numpy(fake))
    assert found == pytest.approx(by_the_definition(real, fake))
    assert 0 < found["coverage"] < 1


def test_a_collapsed_generator_has_precision_and_little_coverage():
    real = torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
    one = real[:1] + 1e-4 * torch.randn(100, 2, generator=torch.Generator().manual_seed(1))
    figures = precision_recall_density_coverage(real, one)
    assert figures["precision"] == 1
    assert figures["coverage"] < 0.1
    assert figures["recall"] < 0.1


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch):
    """An untrained classifier, and new ones that are hardly trained."""
    hasty = ClassifierConfig(width=4, epochs=1)
    untrained = classifier.build(hasty).eval()
    monkeypatch.setattr(classifier, "load", lambda: (untrained, "its hash"))
    monkeypatch.setattr(metrics, "ClassifierConfig", lambda: hasty)


def test_the_metrics_of_a_conditional_gan(hasty: None, small: Mnist):
    gan = build(DigitsConfig(width=8))
    figures, again = (evaluate(gan, small, gan.config) for _ in range(2))
    assert figures == again
    assert figures.notes == {"judge": "its hash"}
    assert figures.values.keys() == {
        "label_agreement", "frechet_ratio", "precision", "recall", "density", "coverage",
        "classifier_accuracy",
    }  # fmt: skip
    assert set(figures.samples.values()) == {len(small.test_images)}
    quick = evaluate(gan, small, gan.config, quick=True)
    assert quick.values == {name: figures.values[name] for name in quick.values}


def test_an_unconditional_gan_has_no_label_metrics(hasty: None, small: Mnist):
    gan = build(MlpConfig())
    assert (
        not {"label_agreement", "classifier_accuracy"}
        & evaluate(gan, small, gan.config).values.keys()
    )


def test_real_digits_would_score_1(hasty: None, small: Mnist, monkeypatch: pytest.MonkeyPatch):
    """A generator that draws the held-out training images is as far from the test as they are."""
    unseen = small.train_images[-(len(small.train_images) // 6) :]
    monkeypatch.setattr(metrics, "draw", lambda *_, seed: unseen)
    gan = build(MlpConfig())
    figures = evaluate(gan, small, gan.config, quick=True).values
    assert figures["frechet_ratio"] == pytest.approx(1)


def test_without_test_digits_nothing_is_measured(hasty: None, small: Mnist):
    gan = build(MlpConfig())
    none = Mnist(
        small.train_images, small.train_labels, small.test_images[:0], small.test_labels[:0], "few"
    )
    with pytest.raises(Problem) as error:
        evaluate(gan, none, gan.config)
    assert error.value.key == "data.no_test"
