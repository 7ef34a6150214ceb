"""Attributes of digits, and the directions in latent space that change them."""

import numpy as np
import pytest
import torch
from torch import nn

from core.digits import directions as verbs
from core.digits.config import MlpConfig
from core.digits.model import Gan, build
from core.digits.shape import measure
from core.errors import Problem


def bar(thickness=4, height=20, shift=0.0):
    """An upright bar, whose top lies `shift` columns further right than its foot."""
    image = np.zeros((28, 28), np.float32)
    for row in range(height):
        start = 10 + shift * (1 - row / (height - 1))
        for column in range(28):
            covered = min(column + 1, start + thickness) - max(column, start)
            image[4 + row, column] = max(0.0, min(1.0, covered))
    return image.reshape(-1)


def ring(inner, outer=9):
    y, x = np.indices((28, 28)) - 13.5
    radius = np.hypot(y, x)
    return ((radius < outer) & (radius > inner)).astype(np.float32).reshape(-1)


def test_strokes_are_as_thick_and_as_slanted_as_drawn():
    found = measure(np.stack([bar(2), bar(4), bar(4, shift=6), bar(4, height=12)]))
    np.testing.assert_allclose(found["thickness"][:2], [2, 4], rtol=0.2)
    np.testing.assert_allclose(found["slant"], [0, 0, 6 / 19, 0], atol=0.03)
    assert found["height"][3] < found["height"][0]
    assert found["width"][0] < found["width"][1] < found["width"][2]
    np.testing.assert_allclose(found["ink"][:2], [40 / 784, 80 / 784], rtol=1e-5)


def test_a_loop_is_what_ink_encloses():
    gap = ring(5).reshape(28, 28).copy()
    gap[13:15, :14] = 0
    found = measure(np.stack([ring(5), ring(7), bar(), gap.reshape(-1), np.zeros(784)]))
    holes = [(ring(0, radius) > 0).sum() + (radius == 0) for radius in (5, 7)]
    np.testing.assert_allclose(found["loop"], [*holes, 0, 0, 0], atol=4)
    assert all(np.isfinite(values).all() for values in found.values())


class Bars(nn.Module):
    """Its third number makes a bar thicker, its first slants it, the others do nothing."""

    def __init__(self, size):
        super().__init__()
        self.entry = nn.Linear(size, size)
        with torch.no_grad():
            self.entry.weight.copy_(torch.diag(torch.linspace(2, 0.1, size)))

    def forward(self, latents, labels=None):
        thickness = 4 + latents[:, 2, None, None].clamp(-3, 3)
        rows = torch.arange(28.0)[None, :, None] - 13.5
        columns = torch.arange(28.0)[None, None, :] - 13.5
        away = (columns + rows * 0.15 * latents[:, 0, None, None]).abs()
        ink = (thickness / 2 - away + 0.5).clamp(0, 1) * (rows.abs() < 10)
        return ink.flatten(1) * 2 - 1


def bars(size=12) -> Gan:
    gan = build(MlpConfig(latent_size=size)).eval()
    gan.generator = Bars(size)
    return gan


def test_directions_are_found_named_and_square_to_each_other():
    found = verbs.find_directions(bars())
    np.testing.assert_allclose(found.vectors @ found.vectors.T, np.eye(8), atol=1e-5)
    slant = found.attributes.index("slant")
    assert abs(found.vectors[slant, 0]) > 0.95 and not found.principal[slant]
    assert found.correlations[slant] > 0.9 and found.effects[slant] == pytest.approx(0.15, rel=0.3)
    thick = next(k for k, name in enumerate(found.attributes) if name in ("thickness", "ink"))
    assert abs(found.vectors[thick, 2]) > 0.9
    for name, r in zip(found.attributes, found.correlations, strict=True):
        assert (name is not None) == (abs(r) >= 0.6)
    strengths = [
        abs(r) for r, principal in zip(found.correlations, found.principal, strict=True)
        if not principal
    ]  # fmt: skip
    assert strengths == sorted(strengths, reverse=True)
    again = verbs.find_directions(bars())
    np.testing.assert_array_equal(again.vectors, found.vectors)


def test_principal_directions_are_those_of_the_weights():
    rows = verbs._principal(bars(6), np.zeros((0, 6)))
    np.testing.assert_allclose(np.abs(rows), np.eye(6), atol=1e-5)


def test_a_network_that_ignores_its_latent_has_no_names():
    gan = bars()
    gan.generator.forward = lambda latents, labels=None: torch.zeros(len(latents), 784)
    found = verbs.find_directions(gan)
    assert found.attributes == (None,) * 8 and all(found.principal)
    assert np.isfinite(found.correlations).all() and np.isfinite(found.effects).all()


def test_moving_changes_one_coordinate_alone():
    found = verbs.find_directions(bars())
    latent = np.random.default_rng(0).normal(size=12)
    moved = verbs.move(found, latent, 2, 1.25)
    expected = verbs.coordinates(found, latent)
    expected[2] = 1.25
    np.testing.assert_allclose(verbs.coordinates(found, moved), expected, atol=1e-5)
    for bad in (lambda: verbs.move(found, latent, 8, 0.0), lambda: verbs.move(found, [1.0], 0, 0)):
        with pytest.raises(Problem):
            bad()
    with pytest.raises(Problem) as caught:
        verbs.move(found, latent, 0, float("nan"))
    assert caught.value.key == "value.finite"


def test_correlation_is_pearsons():
    generator = np.random.default_rng(0)
    one, other = generator.normal(size=(2, 50, 3))
    other[:, 1] = 7
    expected = np.corrcoef(one.T, np.delete(other, 1, axis=1).T)[:3, 3:]
    np.testing.assert_allclose(verbs.correlate(one, other)[:, [0, 2]], expected, atol=1e-9)
    assert (verbs.correlate(one, other)[:, 1] == 0).all()
