"""Sampling, interpolation, arithmetic and assessment: known answers, and bad input."""

import numpy as np
import pytest
import torch

from core.digits import sample as verbs
from core.digits.config import DigitsConfig, MlpConfig, ToyConfig
from core.digits.model import build
from core.errors import Problem
from core.mnist.classifier import build as build_classifier
from core.mnist.config import ClassifierConfig
from core.mnist.neighbours import index, nearest

GAN = build(DigitsConfig(width=8, latent_size=8)).eval()
PLAIN = build(MlpConfig(latent_size=8)).eval()
CLASSIFIER = build_classifier(ClassifierConfig(width=4)).eval()
A, B, C = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)


def test_samples_are_the_generators_own():
    latents, labels = np.stack([A, B]), [3, 8]
    with torch.no_grad():
        expected = GAN.sample(torch.from_numpy(latents), torch.tensor(labels))
    np.testing.assert_allclose(verbs.sample(GAN, latents, labels), expected, atol=1e-6)
    one = verbs.sample(GAN, latents, 3)
    np.testing.assert_allclose(one[0], expected[0], atol=1e-6)
    np.testing.assert_array_equal(verbs.sample(PLAIN, latents), verbs.sample(PLAIN, latents, 5))
    assert verbs.sample(build(ToyConfig()), np.zeros((4, 2))).shape == (4, 2)


def test_truncation_keeps_the_signs_of_a_seed_and_limits_its_numbers():
    wide, narrow = (verbs.draw_latents(1_000, 8, 1, bound) for bound in (4.0, 0.5))
    assert np.abs(narrow).max() <= 0.5 < np.abs(wide).max() <= 4
    assert wide.std() == pytest.approx(1, abs=0.02) and abs(wide.mean()) < 0.03
    assert (np.sign(wide) == np.sign(narrow)).all()
    # Standard deviation of a normal distribution cut off at ±0.5.
    density = np.exp(-0.125) / np.sqrt(2 * np.pi)
    assert narrow.std() == pytest.approx(np.sqrt(1 - density / 0.382925), abs=0.01)
    np.testing.assert_array_equal(wide, verbs.draw_latents(1_000, 8, 1))
    assert (wide != verbs.draw_latents(1_000, 8, 2)).any()


def test_both_paths_end_at_their_latents():
    ends = verbs.sample(GAN, [A, B], [3, 8])
    for kind in verbs.KINDS:
        path = verbs.interpolate(GAN, A, B, (3, 8), 9, kind)
        np.testing.assert_array_equal(path.latents[[0, -1]], [A, B])
        np.testing.assert_allclose(path.images[[0, -1]], ends, atol=1e-5)
        np.testing.assert_allclose(path.mixtures.sum(1), 1, atol=1e-6)
        assert path.mixtures[4, 3] == path.mixtures[4, 8] == 0.5
    straight = verbs.interpolate(GAN, A, B, (3, 3), 3, "linear")
    np.testing.assert_allclose(straight.latents[1], (A + B) / 2, atol=1e-6)


def test_the_arc_keeps_its_norm_and_has_equal_angles():
    share = np.linspace(0, 1, 11)[:, None]
    b = B * np.linalg.norm(A) / np.linalg.norm(B)
    points = verbs.arc(A, b, share)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), np.linalg.norm(A), rtol=1e-5)
    turns = (points[:-1] * points[1:]).sum(1)
    np.testing.assert_allclose(turns, turns[0], rtol=1e-4)
    # Shoemake's formula, which knows no lengths.
    omega = np.arccos(A @ b / (A @ A))
    expected = (np.sin((1 - share) * omega) * A + np.sin(share * omega) * b) / np.sin(omega)
    np.testing.assert_allclose(points, expected, atol=1e-5)
    lengths = np.linalg.norm(verbs.arc(A, 3 * A, share), axis=1) / np.linalg.norm(A)
    np.testing.assert_allclose(lengths, 1 + 2 * share[:, 0], rtol=1e-5)
    opposite = verbs.arc(A, -A, share)
    np.testing.assert_allclose(np.linalg.norm(opposite, axis=1), np.linalg.norm(A), rtol=1e-5)
    np.testing.assert_array_equal(opposite[[0, -1]], [A, -A])
    np.testing.assert_allclose(verbs.arc(0 * A, B, share), share * B, atol=1e-6)


def test_arithmetic_cancels_and_limits_the_norm():
    same = verbs.arithmetic(GAN, A, A, C, (3, 3, 8))
    np.testing.assert_allclose(same.latent, C, atol=1e-6)
    np.testing.assert_allclose(same.image, verbs.sample(GAN, [C], 8)[0], atol=1e-5)
    assert same.scale == 1 and same.mixture[8] == 1 and same.mixture[3] == 0
    long = verbs.arithmetic(GAN, A, -A, A, (1, 2, 3))
    np.testing.assert_allclose(long.latent, A, rtol=1e-5)
    assert long.scale == pytest.approx(1 / 3) and list(long.mixture[1:4]) == [1, -1, 1]


def test_an_assessment_holds_the_outputs_of_both_networks():
    images = verbs.sample(GAN, [A, B, C], [1, 2, 3])
    found = verbs.discriminate(GAN, CLASSIFIER, images, [1, 2, 3])
    with torch.no_grad():
        scores = GAN.discriminate(torch.from_numpy(images), torch.tensor([1, 2, 3]))
        logits = CLASSIFIER(torch.from_numpy(images))
    np.testing.assert_allclose(found.scores, scores, atol=1e-5)
    np.testing.assert_array_equal(found.classes, logits.argmax(1))
    np.testing.assert_allclose(found.probabilities, logits.softmax(1), atol=1e-5)
    assert ((found.probability_real >= 0) & (found.probability_real <= 1)).all()
    unlabelled = verbs.discriminate(GAN, CLASSIFIER, images)
    np.testing.assert_array_equal(unlabelled.labels, unlabelled.classes)


def test_a_critics_score_counts_from_the_midpoint():
    critic = build(MlpConfig(latent_size=8, loss="wgan-gp")).eval()
    real = verbs.sample(GAN, np.tile(A, (40, 1)), 1)
    labels = np.ones(40)
    midpoint = verbs.score_midpoint(critic, real, labels)
    fake = verbs.sample(critic, verbs.draw_latents(40, 8, 0))
    scores = verbs.discriminate(critic, CLASSIFIER, np.concatenate([real, fake])).scores
    assert midpoint == pytest.approx((scores[:40].mean() + scores[40:].mean()) / 2, abs=1e-5)
    found = verbs.discriminate(critic, CLASSIFIER, real, midpoint=float(scores[0]))
    assert found.probability_real[0] == pytest.approx(0.5, abs=1e-5)


def test_the_nearest_are_the_nearest():
    generator = torch.Generator().manual_seed(0)
    basis = torch.rand(40, 784, generator=generator)
    images = (torch.rand(3_000, 40, generator=generator).pow(8) @ basis / 8).clamp(max=1)
    images = (images * 255).to(torch.uint8)
    wanted = torch.rand(3, 784, generator=generator)
    wanted[0], wanted[1] = images[7] / 255, (0.7 * images[8] + 0.3 * images[9]) / 255
    found = nearest(index(images), wanted.numpy(), 6)
    distances = torch.cdist(wanted, images / 255) / 28
    expected = distances.topk(6, largest=False)
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_allclose(found.distances, expected.values, atol=2e-4)
    assert found.indices[0, 0] == 7 and found.distances[0, 0] == 0


REFUSED = [
    ("latent.size", lambda: verbs.sample(GAN, np.zeros((1, 7)), 3)),
    ("latent.size", lambda: verbs.sample(GAN, np.zeros(8), 3)),
    ("latent.size", lambda: verbs.interpolate(GAN, A[:5], B[:5], (1, 2))),
    ("value.finite", lambda: verbs.sample(GAN, [[np.nan] * 8], 3)),
    ("value.finite", lambda: verbs.sample(GAN, [[None] * 8], 3)),
    ("value.finite", lambda: verbs.arithmetic(GAN, A, B, ["x"] * 8, (1, 2, 3))),
    ("value.large", lambda: verbs.sample(GAN, [[1e30] * 8], 3)),
    ("label.range", lambda: verbs.sample(GAN, [A], 10)),
    ("label.range", lambda: verbs.sample(GAN, [A], -1)),
    ("label.range", lambda: verbs.sample(GAN, [A], 2.5)),
    ("label.range", lambda: verbs.sample(GAN, [A], True)),
    ("label.count", lambda: verbs.sample(GAN, [A], [1, 2])),
    ("label.missing", lambda: verbs.sample(GAN, [A])),
    ("label.missing", lambda: verbs.interpolate(GAN, A, B, (None, 2))),
    ("value.finite", lambda: verbs.sample(GAN, [A], "three")),
    ("setting.range", lambda: verbs.interpolate(GAN, A, B, (1, 2), 1)),
    ("setting.choice", lambda: verbs.interpolate(GAN, A, B, (1, 2), 5, "cubic")),
    ("setting.range", lambda: verbs.draw_latents(1, 8, 0, 0.0)),
    ("value.finite", lambda: verbs.draw_latents(1, 8, 0, float("nan"))),
    ("setting.type", lambda: verbs.draw_latents(1, 8, "seed")),  # type: ignore[arg-type]
    ("setting.range", lambda: verbs.draw_latents(10**9, 8, 0)),
    ("image.size", lambda: verbs.discriminate(GAN, CLASSIFIER, np.zeros((1, 100)))),
    ("image.range", lambda: verbs.discriminate(GAN, CLASSIFIER, np.full((1, 784), 2.0))),
    ("label.range", lambda: verbs.discriminate(GAN, CLASSIFIER, np.zeros((1, 784)), 11)),
]


@pytest.mark.parametrize(("key", "call"), REFUSED)
def test_bad_input_is_refused_in_words(key, call):
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == key
