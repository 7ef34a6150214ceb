"""Exact nearest neighbours of an image among many, by the distance of their pixels.

Distances between 60,000 images and one take 200 ms from bytes, or 190 MB kept as floats. Here each
image is kept as 64 principal coordinates and the norm of all others together. Distances in those
are lower bounds of the true ones, so that images beyond the best distance found so far are skipped
(Faloutsos et al. 1994, "Fast subsequence matching in time-series databases", lemma 1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.checks import check_count, check_images
from core.mnist import PIXELS, pixels

SHORT = 64  # coordinates kept of each picture
FITTED = 5_000  # pictures from which the coordinates are chosen
BATCH = 2_000
COUNT = 50  # neighbours at most


@dataclass(frozen=True, eq=False)
class Index:
    """images (N, 784) uint8, as they are elsewhere; axes (784, 64), orthonormal columns; short
    (N, 65): the images along the axes, and how long what remains of each is; lengths (N,): their
    squared norms.
    """

    images: Tensor
    axes: Tensor
    short: Tensor
    lengths: Tensor


@dataclass(frozen=True, eq=False)
class Nearest:
    """indices (B, K) of the nearest images, nearest first; distances (B, K): root of the mean
    squared difference per pixel, so that 0 is the same image and 1 the opposite of black on white.
    """

    indices: np.ndarray
    distances: np.ndarray


@torch.inference_mode()
def index(images: Tensor) -> Index:
    """Prepare for searching images (N, 784) uint8; takes about a second for 60,000."""
    some = pixels(images[:FITTED])
    _, vectors = torch.linalg.eigh(some.T @ some)
    axes = vectors[:, -SHORT:].contiguous()
    short = torch.cat([_shorten(pixels(part), axes) for part in images.split(BATCH)])
    return Index(images, axes, short, short.square().sum(1))


@torch.inference_mode()
def nearest(known: Index, images: Any, count: int = 5) -> Nearest:
    """The `count` known images nearest to each of images (B, 784) in [0, 1].

    Raises `Problem` ("image.*", "value.finite", "setting.*").
    """
    wanted = torch.from_numpy(check_images(images))
    count = check_count("count", count, 1, min(COUNT, len(known.images)))
    found = [_search(known, image, count) for image in wanted]
    if not found:
        return Nearest(np.zeros((0, count), np.int64), np.zeros((0, count), np.float32))
    indices, distances = (torch.stack(part).numpy() for part in zip(*found, strict=True))
    return Nearest(indices, distances)


def _search(known: Index, image: Tensor, count: int) -> tuple[Tensor, Tensor]:
    near = _shorten(image[None], known.axes)[0]
    # Squared distances between the shortened: never above the true ones.
    below = known.lengths - 2 * (known.short @ near) + near.square().sum()
    first = below.topk(4 * count if 4 * count <= len(below) else count, largest=False).indices
    bound = _squares(known, first, image).kthvalue(count).values
    rest = (below <= bound + 1e-3).nonzero()[:, 0]  # the margin is for rounding
    squares = _squares(known, rest, image)
    best = squares.topk(count, largest=False)
    return rest[best.indices], (best.values / PIXELS).sqrt()


def _shorten(images: Tensor, axes: Tensor) -> Tensor:
    along = images @ axes
    rest = images.square().sum(1) - along.square().sum(1)
    return torch.cat([along, rest.clamp(min=0).sqrt()[:, None]], dim=1)


def _squares(known: Index, chosen: Tensor, image: Tensor) -> Tensor:
    """Squared distances of the chosen images from one image (784,)."""
    parts = chosen.split(BATCH)
    return torch.cat([(pixels(known.images[part]) - image).square().sum(1) for part in parts])


@torch.inference_mode()
def nearest_distances(known: Tensor, images: np.ndarray) -> np.ndarray:
    """The distance (N,) of each of images (N, 784) to the nearest of known ones (M, 784) uint8.

    The same distance as `nearest`, which is quicker for one image and slower for hundreds that
    resemble no digit.
    """
    wanted = torch.from_numpy(images)
    best = torch.full((len(wanted),), torch.inf)
    for part in known.split(BATCH):
        there = pixels(part)
        squares = there.square().sum(1) - 2 * wanted @ there.T
        best = torch.minimum(best, squares.min(1).values)
    best = (best + wanted.square().sum(1)).clamp(min=0)
    return (best / PIXELS).sqrt().numpy()
