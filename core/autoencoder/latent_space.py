"""The codes of the reference digits in one network, and what follows from them.

Codes and errors are computed when a `LatentSpace` is built; what costs more is computed at its
first use. Two threads that ask at once compute it twice, which is harmless.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from core.autoencoder.baseline import principal
from core.autoencoder.coding import check_codes, decode, encode, errors
from core.autoencoder.model import Autoencoder, SparseAutoencoder
from core.autoencoder.train import gaussian_kl
from core.errors import Problem

if TYPE_CHECKING:  # scikit-learn and scipy.sparse take a second to import: on first use, not before
    from scipy.sparse import csr_array
    from sklearn.neighbors import NearestNeighbors

CLASSES = 10
NEIGHBOURS = 10  # edges of each digit in the graph
CLASSIFIER_NEIGHBOURS = 5  # that vote on the class of a digit


@dataclass(frozen=True, eq=False)
class View:
    """Codes shown in three dimensions: as they are up to C = 3, else by principal components.

    mean (C,); axes (C, 3) with orthonormal columns (at C = 2 the third is zero);
    variance_explained (3,): share of the codes' variance along each. bounded: the codes are
    sigmoids, so that codes computed from the view are clipped to [0, 1].
    """

    mean: np.ndarray
    axes: np.ndarray
    variance_explained: np.ndarray
    bounded: bool = False

    def to_view(self, codes: np.ndarray) -> np.ndarray:
        """Codes (N, C) as points (N, 3). Raises `Problem` as `decode` does."""
        return (check_codes(codes, len(self.mean)) - self.mean) @ self.axes

    def from_view(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 3) as codes (N, C). Raises `Problem` as `decode` does."""
        codes = check_codes(points, 3) @ self.axes.T + self.mean
        return codes.clip(0, 1) if self.bounded else codes


def make_view(codes: np.ndarray, bounded: bool = False) -> View:
    """The view of a cloud of codes (N, C)."""
    size = codes.shape[1]
    if size <= 3:
        mean, axes = np.zeros(size, np.float32), np.eye(size, 3, dtype=np.float32)
    else:
        mean, components = principal(codes.astype(np.float64), 3)
        mean, axes = mean.astype(np.float32), components.T.astype(np.float32)
    variance = ((codes - mean) @ axes).var(axis=0)
    total = max(float(codes.var(axis=0).sum()), 1e-12)
    return View(mean, axes, variance / total, bounded)


@dataclass(frozen=True, eq=False)
class LatentSpace:
    """The codes and reconstruction errors of N reference digits.

    images (N, 784) uint8; labels (N,); codes (N, C); deviations (N, C) of a variational network,
    else None; errors (N,): mean squared error per pixel; points (N, 3): the codes in `view`;
    ranges (3, 2): the bounds of a slider along each axis of the view.
    """

    images: np.ndarray
    labels: np.ndarray
    codes: np.ndarray
    deviations: np.ndarray | None
    errors: np.ndarray
    view: View
    points: np.ndarray
    ranges: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def index(self) -> "NearestNeighbors":
        """Finds the reference digits nearest to any code."""
        from sklearn.neighbors import NearestNeighbors

        return NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(self) - 1)).fit(self.codes)

    @cached_property
    def neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances and indices (N, 10) of each digit's nearest others, nearest first."""
        return self.index.kneighbors()

    @cached_property
    def graph(self) -> "csr_array":
        """The ten-nearest-neighbour graph (N, N), symmetric and connected; entries are lengths."""
        from core.autoencoder.paths import neighbour_graph

        return neighbour_graph(self.codes, *self.neighbours)

    @cached_property
    def confusion(self) -> np.ndarray:
        """Counts (10, 10): digits of class i whose five nearest others vote for class j.

        This is leave-one-out classification by nearest neighbours; the lower class wins a tie.
        """
        voters = self.labels[self.neighbours[1][:, :CLASSIFIER_NEIGHBOURS]]
        votes = (voters[:, :, None] == np.arange(CLASSES)).sum(axis=1)
        counts = np.zeros((CLASSES, CLASSES), int)
        np.add.at(counts, (self.labels, votes.argmax(axis=1)), 1)
        return counts

    @cached_property
    def accuracy(self) -> float:
        """Share of digits whose five nearest others vote for their own class."""
        return float(self.confusion.trace() / len(self))

    @cached_property
    def kl(self) -> np.ndarray | None:
        """Divergence (C,) from N(0, 1) of each dimension, mean over digits, in nats; VAE only."""
        if self.deviations is None:
            return None
        return divergence(self.codes, self.deviations).mean(axis=0)

    @cached_property
    def sorted_errors(self) -> np.ndarray:
        return np.sort(self.errors)

    def error_percentile(self, error: float) -> float:
        """Share of the reference digits that the network reconstructs with a smaller error."""
        return float(np.searchsorted(self.sorted_errors, error) / len(self))

    def check_index(self, index: int) -> int:
        """The index of a reference digit, or a `Problem` ("index.range")."""
        whole = isinstance(index, int | float | np.integer) and not isinstance(index, bool)
        if not whole or not 0 <= index < len(self) or index != int(index):
            raise Problem("index.range", index=str(index)[:20], last=len(self) - 1)
        return int(index)


def build(
    model: Autoencoder,
    images: Tensor | np.ndarray,
    labels: Tensor | np.ndarray,
    limit: int = 10_000,
) -> LatentSpace:
    """Encode and decode the first `limit` reference digits: images (N, 784) uint8, labels (N,).

    Raises `Problem` ("value.*") for a network whose training went to infinity.
    """
    shown, classes = np.asarray(images)[:limit], np.asarray(labels)[:limit].astype(int)
    if shown.dtype != np.uint8 or len(shown) < 2 or len(shown) != len(classes):
        raise ValueError("a latent space needs two digits or more, uint8, and a label for each")
    pixels = shown.astype(np.float32) / 255
    encoded = encode(model, pixels)
    codes = check_codes(encoded.codes, model.config.code_size)
    view = make_view(codes, isinstance(model, SparseAutoencoder))
    points = view.to_view(codes)
    return LatentSpace(
        images=shown,
        labels=classes,
        codes=codes,
        deviations=encoded.deviations,
        errors=errors(decode(model, codes), pixels),
        view=view,
        points=points,
        ranges=_ranges(points),
    )


def _ranges(points: np.ndarray) -> np.ndarray:
    """Bounds (3, 2) of 99 % of the points and a margin; never empty."""
    low, high = np.percentile(points, (0.5, 99.5), axis=0)
    margin = np.maximum(0.1 * (high - low), 0.05)
    return np.stack([low - margin, high + margin], axis=1)


def divergence(means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """KL of N(mean, deviation²) from N(0, 1), elementwise, in nats."""
    return gaussian_kl(torch.from_numpy(means), 2 * torch.from_numpy(deviations).log()).numpy()
