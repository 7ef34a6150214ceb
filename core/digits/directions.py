"""Directions in latent space that mean something, and the proof that they do.

Two sources. *Principal*: eigenvectors of WᵀW, W being the weights through which a latent enters the
generator; along them the network answers most (Shen and Zhou 2021, "Closed-form factorization of
latent semantics in GANs", equation 4). *Measured*: the direction in which linear regression finds
an attribute of the picture to grow (as in Shen et al. 2020, "Interpreting the latent space of GANs
for semantic face editing", with measurements in the place of a classifier).

Principal directions alone earn few names: of one trained network's, one to three of a class (slant,
and often width or ink) reach |r| ≥ 0.6, and PCA of what the generator draws (Härkönen et al. 2020,
"GANSpace") finds no more. Measured ones earn three to five. They are sought for one class at a
time, because what widens a 0 need not widen a 1. Measured directions lean on each other, as a broad
digit has more ink; so the largest set is kept that stays clear when made square to each other in
the way that turns all of them least (Löwdin 1950, "On the non-orthogonality problem").
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from core.checks import check_count
from core.digits.model import Gan
from core.digits.sample import check_latents, draw_latents, sample
from core.digits.shape import ATTRIBUTES, measure

SAMPLES = 1_000  # from which directions are found, and as many fresh ones that judge them
CLEAR = 0.6  # |r| from which on a direction is called by what it changes
COUNT = 8  # directions
REACH = 3.0  # how far a slider goes; of a thousand latents three lie beyond
MARGIN = 0.03  # by which samples flatter the directions made from them
TURNED = 0.8  # cosine that a direction made square must keep with what it was
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

    Measured ones come first, then principal ones square to them. All are named, or not, by fresh
    samples from which they were not made. Takes a second or two; a network that is told no labels
    has the same directions for all. Raises `Problem` ("label.*").
    """
    vectors = _measured(*_samples(gan, label, 2 * seed))
    measured = len(vectors)
    vectors = np.concatenate([vectors, _principal(gan, vectors)[: COUNT - measured]])
    latents, attributes = _samples(gan, label, 2 * seed + 1)
    along = latents @ vectors.T
    r = correlate(along, attributes)
    order = [*np.abs(r[:measured]).max(1).argsort()[::-1], *range(measured, len(vectors))]
    vectors, along, r = vectors[order], along[:, order], r[order]
    best = np.abs(r).argmax(1)
    strongest = r[np.arange(len(r)), best]
    growth = strongest * attributes.std(0)[best] / np.maximum(along.std(0), STILL)
    names = [ATTRIBUTES[which] for which in best]
    return Directions(
        vectors=vectors.astype(np.float32),
        attributes=tuple(
            name if abs(value) >= CLEAR else None
            for name, value in zip(names, strongest, strict=True)
        ),
        correlations=tuple(strongest.tolist()),
        effects=tuple(growth.tolist()),
        principal=tuple(which >= measured for which in range(len(vectors))),
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


def _measured(latents: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Orthonormal rows (K, Z), each the direction in which an attribute (N, A) clearly grows."""
    design = np.concatenate([latents, np.ones((len(latents), 1))], axis=1)
    slopes = np.linalg.lstsq(design, _standard(attributes), rcond=None)[0][:-1].T
    slopes /= np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), STILL)
    sets = [
        list(chosen)
        for count in range(1, len(slopes) + 1)
        for chosen in combinations(range(len(slopes)), count)
    ]
    best, found = (0, 0.0), np.zeros((0, latents.shape[1]))
    for chosen in sets:
        vectors = _square(slopes[chosen])
        r = np.abs(correlate(latents @ vectors.T, attributes))
        own = r[range(len(chosen)), chosen]
        kept = (slopes[chosen] * vectors).sum(1).min() >= TURNED
        clear = own.min() >= CLEAR + MARGIN and (r.argmax(1) == chosen).all()
        if kept and clear and (len(chosen), own.sum()) > best:
            best, found = (len(chosen), own.sum()), vectors
    return found


def _square(vectors: np.ndarray) -> np.ndarray:
    """The orthonormal rows nearest to vectors (K, Z)."""
    left, _, right = np.linalg.svd(vectors, full_matrices=False)
    return left @ right


def _principal(gan: Gan, taken: np.ndarray) -> np.ndarray:
    """Principal directions square to orthonormal rows (K, Z), the most telling first."""
    weight = gan.sampler.entry.weight.detach().double().cpu().numpy()  # type: ignore[union-attr]
    weight = weight - weight @ taken.T @ taken
    _, vectors = np.linalg.eigh(weight.T @ weight)
    # What is taken has the eigenvalue 0 and comes last.
    return vectors[:, ::-1].T[: len(vectors) - len(taken)]


def _standard(values: np.ndarray) -> np.ndarray:
    """Columns (N, A) less their mean, and divided by their deviation where they have one."""
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) * (spread > STILL) / np.maximum(spread, STILL)
