"""Directions in latent space that mean something, and the proof that they do.

Two sources. *Principal*: eigenvectors of WᵀW, W being the weights through which a latent enters the
generator; along them the network answers most (Shen and Zhou 2021, "Closed-form factorization of
latent semantics in GANs", equation 4). *Measured*: the direction in which linear regression finds
an attribute of the picture to grow (as in Shen et al. 2020, "Interpreting the latent space of GANs
for semantic face editing", with measurements in the place of a classifier).

Why both, and for one class at a time: see `MEASURED` in tests/benchmarks/latent.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.checks import check_count
from core.digits.model import Gan
from core.digits.sample import check_latents, draw_latents, sample
from core.digits.shape import ATTRIBUTES, measure
from core.errors import Problem

SAMPLES = 1_000  # from which directions are found, and as many fresh ones that judge them
CLEAR = 0.6  # |r| from which on a direction is called by what it changes
COUNT = 8  # directions
REACH = 3.0  # how far a slider goes; of a thousand latents three lie beyond
STILL = 1e-6  # an attribute that varies less does not vary


@dataclass(frozen=True, eq=False)
class Directions:
    """vectors (K, Z): orthonormal rows. For each of the K: attribute, one of `ATTRIBUTES`, or None
    where nothing that is measured follows it clearly; correlation: r between the attribute, else
    whatever follows best, and the coordinate along the vector, over 1,000 fresh samples; effect: by
    how much that grows from one unit to the next; principal: whether it comes from the weights
    alone.
    """

    vectors: np.ndarray
    attributes: tuple[str | None, ...]
    correlations: tuple[float, ...]
    effects: tuple[float, ...]
    principal: tuple[bool, ...]


def find_directions(gan: Gan, label: int | None = None, seed: int = 0) -> Directions:
    """Eight orthogonal directions of one class's latents, the most telling first.

    Measured ones come first, each with |r| ≥ 0.6, the clearest first and each square to those
    before it; then principal ones, square to all of them, called by an attribute where |r| ≥ 0.6,
    too. Both are judged on samples from which they were not made. Takes a second or two; a network
    that is told no labels has the same directions for all. Raises `Problem` ("label.*",
    "network.points").
    """
    if gan.to_pixels(torch.zeros(())).item() == 0:  # points are as they are
        raise Problem("network.points")
    latents, attributes = _samples(gan, label, 2 * seed)
    fresh, seen = _samples(gan, label, 2 * seed + 1)
    wanted = _regress(latents, attributes)  # (A, Z)
    vectors = np.zeros((0, gan.latent_size))
    while len(vectors) < min(COUNT, gan.latent_size):
        candidates = _square_to(vectors, wanted)
        r = correlate(fresh @ candidates.T, seen)
        best = int(np.abs(r.diagonal()).argmax())
        if abs(r[best, best]) < CLEAR:
            break
        vectors = np.concatenate([vectors, candidates[[best]]])
    measured = len(vectors)
    vectors = np.concatenate([vectors, _principal(gan, vectors)[: COUNT - measured]])
    vectors = vectors.astype(np.float32)
    coordinates = fresh @ vectors.T
    r = correlate(coordinates, seen)
    best = np.abs(r).argmax(1)
    strongest = r[np.arange(len(r)), best]
    # Measured directions are drawn with the attribute growing, principal ones have no sign.
    growth = strongest * seen.std(0)[best] / np.maximum(coordinates.std(0), STILL)
    return Directions(
        vectors=vectors,
        attributes=tuple(
            ATTRIBUTES[a] if abs(value) >= CLEAR else None
            for a, value in zip(best, strongest, strict=True)
        ),
        correlations=tuple(strongest.tolist()),
        effects=tuple(growth.tolist()),
        principal=tuple(k >= measured for k in range(len(vectors))),
    )


def coordinates(directions: Directions, latent: Any) -> np.ndarray:
    """How far a latent (Z,) lies along each direction: (K,). Raises `Problem` as `sample` does."""
    return directions.vectors @ check_latents([latent], directions.vectors.shape[1])[0]


def move(directions: Directions, latent: Any, which: int, to: float) -> np.ndarray:
    """The latent (Z,) moved along one direction, until its coordinate there is `to`.

    All other coordinates stay. Raises `Problem` as `sample` does ("setting.range" too).
    """
    which = check_count("direction", which, 0, len(directions.vectors) - 1)
    latent = check_latents([latent], directions.vectors.shape[1])[0]
    vector = directions.vectors[which]
    return check_latents([latent + (to - latent @ vector) * vector], len(latent))[0]


def principal(gan: Gan) -> np.ndarray:
    """Directions (Z, Z) along which the generator's first layer answers most, the most first."""
    return _principal(gan, np.zeros((0, gan.latent_size)))


def correlate(coordinates: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Pearson's r (K, A) of coordinates (N, K) and attributes (N, A); 0 for what never varies."""
    left, right = (_standard(part.astype(np.float64)) for part in (coordinates, attributes))
    return left.T @ right / len(left)


def _samples(gan: Gan, label: int | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Latents (N, Z) of one class and the attributes (N, A) of what they draw."""
    latents = draw_latents(SAMPLES, gan.latent_size, seed)
    measures = measure(sample(gan, latents, label))
    return latents, np.stack([measures[name] for name in ATTRIBUTES], axis=1)


def _regress(latents: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """The direction (A, Z) in which each attribute grows, by least squares; not of length 1."""
    design = np.concatenate([latents, np.ones((len(latents), 1))], axis=1)
    slopes, *_ = np.linalg.lstsq(design, _standard(attributes), rcond=None)
    return slopes[:-1].T


def _principal(gan: Gan, taken: np.ndarray) -> np.ndarray:
    """Principal directions square to orthonormal rows (K, Z), the most telling first."""
    weight = gan.sampler.entry.weight.detach().double().cpu().numpy()  # type: ignore[union-attr]
    weight = weight - weight @ taken.T @ taken
    _, vectors = np.linalg.eigh(weight.T @ weight)
    # What is taken has the eigenvalue 0 and comes last.
    return vectors[:, ::-1].T[: len(vectors) - len(taken)]


def _square_to(taken: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Vectors (A, Z) without their part along orthonormal rows (K, Z), of length 1, or 0."""
    rest = vectors - vectors @ taken.T @ taken
    lengths = np.linalg.norm(rest, axis=1, keepdims=True)
    return np.where(lengths > STILL, rest / np.maximum(lengths, STILL), 0)


def _standard(values: np.ndarray) -> np.ndarray:
    """Columns (N, A) less their mean, and divided by their deviation where they have one."""
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) * (spread > STILL) / np.maximum(spread, STILL)
