"""Functions of a trained autoencoder: encode, decode, interpolate, corrupt, sample.

Each takes a network, numpy arrays and seeds, and returns a frozen result of numpy arrays;
wrong input raises `Problem`. Codes of networks with more than three
dimensions are shown in the three of the latent space's `View`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.autoencoder.coding import (
    Codes,
    Reconstruction,
    check_codes,
    decode,
    encode,
    errors,
    reconstruct,
)
from core.autoencoder.config import DenoisingConfig
from core.autoencoder.latent_space import CLASSIFIER_NEIGHBOURS, LatentSpace, divergence
from core.autoencoder.model import Autoencoder, VariationalAutoencoder
from core.autoencoder.train import corrupt as corrupt_tensor
from core.checks import check_count, check_image, check_images, check_number, check_seed
from core.drawing import centre
from core.errors import Problem
from core.training.config import check

__all__ = [
    "Codes", "Comparison", "Draws", "Ellipsoid", "Grid", "Location", "Path", "Reconstruction",
    "centre", "compare", "corrupt", "decode", "encode", "interpolate", "locate", "posterior",
    "reconstruct", "resample", "sample_prior", "slice_plane", "walk",
]  # fmt: skip

FRAMES = 240  # at most, in a path
RESOLUTION = 20  # at most, of a grid
DRAWS = 400  # at most, at once
FAR = 1e6  # from the middle of the view, at most


@dataclass(frozen=True, eq=False)
class Location:
    """The code of an image, and its neighbours among the reference digits.

    code (C,); point (3,) in the view; pixels (784,) of its reconstruction; error: mean squared, per
    pixel; error_percentile: share of reference digits with a smaller error; neighbours (5,):
    indices of the reference digits nearest in code space, and distances (5,) to them.
    """

    code: np.ndarray
    point: np.ndarray
    pixels: np.ndarray
    error: float
    error_percentile: float
    neighbours: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True, eq=False)
class Path:
    """A path through code space: codes (F, C) and what they decode to, pixels (F, 784).

    length: from end to end, in code space. stops (S,): the reference digits it passes through,
    its ends included; empty for a straight line.
    """

    codes: np.ndarray
    pixels: np.ndarray
    length: float
    stops: np.ndarray


@dataclass(frozen=True, eq=False)
class Grid:
    """A plane of the view, decoded: pixels (R·R, 784), of which number r·R + c is decoded at
    `first[c]` along the first axis and `second[r]` along the second; fixed: the third coordinate.
    """

    pixels: np.ndarray
    first: np.ndarray
    second: np.ndarray
    fixed: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """One corrupted image and what several networks make of it.

    corrupted (784,), and its mean squared error against the clean image; by name of the network,
    pixels (784,) of its output and the output's error against the clean image.
    """

    corrupted: np.ndarray
    corrupted_error: float
    pixels: Mapping[str, np.ndarray]
    errors: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """The posterior of one image, at two standard deviations in the view.

    centre (3,); axes (3, 3): a row is a semi-axis as a vector, longest first. mean, deviations,
    kl (C,): of each dimension of the code; kl in nats.
    """

    centre: np.ndarray
    axes: np.ndarray
    mean: np.ndarray
    deviations: np.ndarray
    kl: np.ndarray


@dataclass(frozen=True, eq=False)
class Draws:
    """Random codes (N, C) and what they decode to, pixels (N, 784)."""

    codes: np.ndarray
    pixels: np.ndarray


def locate(model: Autoencoder, space: LatentSpace, image: np.ndarray) -> Location:
    """Encode an image (784,) and find its neighbours. Raises `Problem` as `encode` does."""
    result = reconstruct(model, check_image(image))
    error = float(result.errors[0])
    distances, neighbours = space.index.kneighbors(
        result.codes, min(CLASSIFIER_NEIGHBOURS, len(space) - 1)
    )
    return Location(
        code=result.codes[0],
        point=space.view.to_view(result.codes)[0],
        pixels=result.pixels[0],
        error=error,
        error_percentile=space.error_percentile(error),
        neighbours=neighbours[0],
        distances=distances[0],
    )


def interpolate(model: Autoencoder, start: np.ndarray, end: np.ndarray, frames: int) -> Path:
    """The straight line from one code (C,) to another. Raises `Problem` as `decode` does."""
    ends = check_codes([start, end], model.config.code_size)
    frames = check_count("frames", frames, 2, FRAMES)
    share = np.linspace(0, 1, frames, dtype=np.float32)[:, None]
    codes = (1 - share) * ends[0] + share * ends[1]
    length = float(np.linalg.norm(ends[1] - ends[0]))
    return Path(codes, decode(model, codes), length, np.empty(0, int))


def walk(model: Autoencoder, space: LatentSpace, start: int, end: int, frames: int) -> Path:
    """A path between two reference digits along the data.

    It is the shortest along the ten-nearest-neighbour graph, as in Tenenbaum, de Silva and Langford
    2000, "A global geometric framework for nonlinear dimensionality reduction" (Isomap), cut into
    frames of equal length. Raises `Problem` ("index.range", "setting.*").
    """
    from core.autoencoder import paths  # with scipy.sparse, which takes a while to import

    start, end = space.check_index(start), space.check_index(end)
    frames = check_count("frames", frames, 2, FRAMES)
    stops, length = paths.shortest(space.graph, start, end)
    codes = paths.resample(space.codes[stops], frames)
    return Path(codes, decode(model, codes), length, np.array(stops))


def slice_plane(
    model: Autoencoder,
    space: LatentSpace,
    axes: tuple[int, int] = (0, 1),
    fixed: float | None = None,
    resolution: int = 12,
) -> Grid:
    """Decode a plane of the view, spanned by two of its axes.

    fixed: where along the remaining axis; None for the middle of its range. Raises `Problem`
    ("network.code" for an axis that a two-dimensional code lacks, "setting.*", "value.*").
    """
    resolution = check_count("resolution", resolution, 2, RESOLUTION)
    a, b = (check_count("axis", axis, 0, 2) for axis in axes)
    if a == b:
        raise Problem("setting.choice", name="axis", choices="two different axes", value=b,
                      nearest=(a + 1) % 3)  # fmt: skip
    size = model.config.code_size
    if max(a, b) >= size:
        raise Problem("network.code", needed=3, size=size)
    third = 3 - a - b
    middle = float(space.ranges[third].mean())
    place = middle if fixed is None else check_number("fixed", fixed, -FAR, FAR)
    first, second = (np.linspace(low, high, resolution) for low, high in space.ranges[[a, b]])
    points = np.empty((resolution**2, 3))
    points[:, a], points[:, b] = np.tile(first, resolution), np.repeat(second, resolution)
    points[:, third] = place
    return Grid(decode(model, space.view.from_view(points)), first, second, place)


def corrupt(images: np.ndarray, noise: float, masking: float, seed: int) -> np.ndarray:
    """Images (N, 784) with Gaussian noise added and a share of their pixels set to zero.

    noise: standard deviation; masking: the share; the same seed corrupts in the same way. Raises
    `Problem` for settings that the denoising network does not have either.
    """
    noise, masking = _setting("noise", noise), _setting("masking", masking)
    clean = torch.from_numpy(check_images(images))
    return corrupt_tensor(clean, noise, masking, _generator(seed)).numpy()


def compare(
    models: Mapping[str, Autoencoder], image: np.ndarray, noise: float, masking: float, seed: int
) -> Comparison:
    """Give several networks the same corrupted image (784,), and hold them against the clean one.

    Raises `Problem` as `corrupt` does.
    """
    clean = check_image(image)
    corrupted = corrupt(clean, noise, masking, seed)
    cleaned = {name: reconstruct(model, corrupted).pixels for name, model in models.items()}
    return Comparison(
        corrupted=corrupted[0],
        corrupted_error=float(errors(corrupted, clean)[0]),
        pixels={name: pixels[0] for name, pixels in cleaned.items()},
        errors={name: float(errors(pixels, clean)[0]) for name, pixels in cleaned.items()},
    )


def posterior(model: Autoencoder, space: LatentSpace, image: np.ndarray) -> Ellipsoid:
    """The posterior of an image (784,), to draw in the view.

    A Gaussian N(μ, diag σ²) seen along axes A has the covariance Aᵀ diag(σ²) A, whose
    eigenvectors are the ellipsoid's axes. Raises `Problem` ("network.variational").
    """
    mean, deviations = _posterior(model, image)
    spread = space.view.axes * deviations[:, None]  # (C, 3)
    variances, directions = np.linalg.eigh(spread.T @ spread)
    lengths = 2 * np.sqrt(np.maximum(variances, 0))
    return Ellipsoid(
        centre=space.view.to_view(mean[None])[0],
        axes=(directions * lengths).T[::-1],
        mean=mean,
        deviations=deviations,
        kl=divergence(mean, deviations),
    )


def resample(model: Autoencoder, image: np.ndarray, count: int, seed: int) -> Draws:
    """Draw codes from the posterior of an image (784,), and decode them.

    Raises `Problem` ("network.variational", "image.*", "setting.*").
    """
    mean, deviations = _posterior(model, image)
    return _draw(model, mean, deviations, count, seed)


def sample_prior(model: Autoencoder, count: int, seed: int) -> Draws:
    """Draw codes from the prior N(0, I), and decode them: new digits.

    Raises `Problem` ("network.variational", "setting.*").
    """
    _require_variational(model)
    return _draw(model, np.float32(0), np.float32(1), count, seed)


def _draw(model: Autoencoder, mean: Any, deviations: Any, count: int, seed: int) -> Draws:
    count = check_count("count", count, 1, DRAWS)
    noise = torch.randn(count, model.config.code_size, generator=_generator(seed)).numpy()
    codes = mean + deviations * noise
    return Draws(codes, decode(model, codes))


def _posterior(model: Autoencoder, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _require_variational(model)
    result = encode(model, check_image(image))
    assert result.deviations is not None
    return result.codes[0], result.deviations[0]


def _require_variational(model: Autoencoder) -> None:
    if not isinstance(model, VariationalAutoencoder):
        raise Problem("network.variational")


def _setting(name: str, value: float) -> float:
    return check(DenoisingConfig.__dataclass_fields__[name], value)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(check_seed(seed))
