"""Principal components of the training digits: the best that a linear autoencoder can do.

Baldi and Hornik 1989, "Neural networks and principal component analysis": with squared error and
no non-linearity, the optimal code of size k spans the first k principal components. A network
earns its keep by beating them at the same size of code.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from core.autoencoder.coding import errors
from core.checks import check_images


@dataclass(frozen=True, eq=False)
class Pca:
    """mean (784,) and the first components (C, 784), orthonormal rows, of a set of images."""

    mean: np.ndarray
    components: np.ndarray


def fit(images: np.ndarray, size: int) -> Pca:
    """The first `size` principal components of images (N, 784), uint8, 0 to 255."""
    return Pca(*principal(np.asarray(images, dtype=np.float32) / 255, size))


def principal(values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean (D,) and first `size` principal components, rows (size, D), of values (N, D).

    Exact, from the covariance, and always the same for the same values. (scikit-learn's PCA finds
    all D components first, which takes six times as long on MNIST.)
    """
    mean = values.mean(axis=0)
    centred = values - mean
    last = values.shape[1] - 1
    _, vectors = eigh(centred.T @ centred, subset_by_index=[last + 1 - size, last])
    components = vectors.T[::-1]  # largest variance first
    # An eigenvector's sign is arbitrary: let its largest entry be positive.
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return mean, components * np.sign(largest)


def reconstruct(pca: Pca, images: np.ndarray) -> np.ndarray:
    """Images (N, 784) in [0, 1] by way of their components, clipped to [0, 1]: (N, 784)."""
    return np.clip(_project(pca, check_images(images)), 0, 1)


def mse(pca: Pca, images: np.ndarray) -> float:
    """Mean squared error per pixel on images (N, 784) in [0, 1], unclipped as PCA minimises it."""
    images = check_images(images)
    return float(errors(_project(pca, images), images).mean())


def _project(pca: Pca, images: np.ndarray) -> np.ndarray:
    return (images - pca.mean) @ pca.components.T @ pca.components + pca.mean
