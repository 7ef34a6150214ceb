"""PCA as the yardstick of a code: its closed form."""

import numpy as np
import pytest

from core.autoencoder import baseline


def test_pca_reconstructs_as_the_closed_form():
    generator = np.random.default_rng(0)
    factors = generator.normal(size=(300, 6)) * [40, 30, 20, 14, 8, 4]
    images = (128 + factors @ generator.normal(size=(6, 784))).clip(0, 255).astype(np.uint8)
    x = images.astype(np.float32) / 255
    pca = baseline.fit(images, 4)
    np.testing.assert_allclose(pca.components @ pca.components.T, np.eye(4), atol=1e-4)
    mean = x.mean(axis=0)
    _, spread, directions = np.linalg.svd(x - mean, full_matrices=False)
    assert baseline.mse(pca, x) == pytest.approx(np.square(spread[4:]).sum() / x.size, rel=1e-3)
    expected = mean + (x - mean) @ directions[:4].T @ directions[:4]
    np.testing.assert_allclose(baseline.reconstruct(pca, x), expected.clip(0, 1), atol=1e-4)
    again = baseline.fit(images, 4)
    np.testing.assert_array_equal(again.components, pca.components)
