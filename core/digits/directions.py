"""Interpretable directions in latent space, and how strongly an attribute follows each.

Two sources. *Principal*: eigenvectors of WᵀW, W being the weights of the generator's first layer
(Shen and Zhou 2021, "Closed-form factorization of latent semantics in GANs", equation 4).
*Regressed*: the gradient of a linear regression of an attribute of the image on the latent (as in
Shen et al. 2020, "Interpreting the latent space of GANs for semantic face editing", with measured
attributes instead of a classifier).

Few principal directions correlate with an attribute: in one trained network one to three of a class
(slant, often width or ink) reach |r| ≥ 0.6; PCA of the generator's features (Härkönen et al. 2020,
"GANSpace") finds no more. Regression finds three to five. It is done for each class, because the
direction that widens a 0 need not widen a 1. Regressed directions are correlated (a broad digit has
more ink), so the largest set is kept whose correlations stay clear after symmetric
orthogonalisation (Löwdin 1950, "On the non-orthogonality problem").
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from core.checks import check_count
from core.digits.model import Gan
from core.digits.sample import check_latents, draw_latents, sample
from core.digits.shape import ATTRIBUTES, measure

SAMPLES = 1_000  # to find directions, and as many others to test them
CLEAR = 0.6  # |r| from which on a direction is named after an attribute
COUNT = 8  # directions
REACH = 3.0  # largest coordinate of a slider; three in a thousand lie beyond
MARGIN = 0.03  # by which |r| is larger on the samples that a direction was found with
LEAST_COSINE = 0.8  # between a direction before and after orthogonalisation
CONSTANT = 1e-6  # standard deviation below which an attribute counts as constant


@dataclass(frozen=True, eq=False)
class Directions:
    """vectors (K, Z): orthonormal rows. For each of the K: attribute, one of `ATTRIBUTES`, or None
    where no attribute correlates clearly; correlation: r of the most correlated attribute and the
    coordinate along the vector, over 1,000 other samples; effect: change of that attribute per
    unit; principal: whether it is an eigenvector of the weights.
    """

    vectors: np.ndarray
    attributes: tuple[str | None, ...]
    correlations: tuple[float, ...]
    effects: tuple[float, ...]
    principal: tuple[bool, ...]


def find_directions(gan: Gan, label: int | None = None, seed: int = 0) -> Directions:
    """Eight orthogonal directions for one class: regressed ones, then principal ones.

    Each kind is sorted by strength. Attributes are assigned on other samples than those that the
    directions were found with. Takes a second or two. The directions of an unconditional network
    are the same for all classes. Raises `Problem` ("label.*").
    """
    vectors = _regressed(*_samples(gan, label, 2 * seed))
    regressed = len(vectors)
    vectors = np.concatenate([vectors, _principal(gan, vectors)[: COUNT - regressed]])
    latents, attributes = _samples(gan, label, 2 * seed + 1)
    projected = latents @ vectors.T
    r = correlate(projected, attributes)
    order = [*np.abs(r[:regressed]).max(1).argsort()[::-1], *range(regressed, len(vectors))]
    vectors, projected, r = vectors[order], projected[:, order], r[order]
    best = np.abs(r).argmax(1)
    strongest = r[np.arange(len(r)), best]
    effects = strongest * attributes.std(0)[best] / np.maximum(projected.std(0), CONSTANT)
    names = [ATTRIBUTES[which] for which in best]
    return Directions(
        vectors=vectors.astype(np.float32),
        attributes=tuple(
            name if abs(value) >= CLEAR else None
            for name, value in zip(names, strongest, strict=True)
        ),
        correlations=tuple(strongest.tolist()),
        effects=tuple(effects.tolist()),
        principal=tuple(which >= regressed for which in range(len(vectors))),
    )


def coordinates(directions: Directions, latent: Any) -> np.ndarray:
    """The coordinate (K,) of a latent (Z,) along each direction. Raises `Problem` as `sample`."""
    return directions.vectors @ check_latents([latent], directions.vectors.shape[1])[0]


def move(directions: Directions, latent: Any, which: int, to: float) -> np.ndarray:
    """The latent (Z,) with another coordinate `to` along one direction.

    All other coordinates stay. Raises `Problem` as `sample` does ("setting.range" too).
    """
    which = check_count("direction", which, 0, len(directions.vectors) - 1)
    latent = check_latents([latent], directions.vectors.shape[1])[0]
    vector = directions.vectors[which]
    return check_latents([latent + (to - latent @ vector) * vector], len(latent))[0]


def correlate(coordinates: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Pearson's r (K, A) of coordinates (N, K) and attributes (N, A); 0 for constants."""
    left, right = (_standardised(part.astype(np.float64)) for part in (coordinates, attributes))
    return left.T @ right / len(left)


def _samples(gan: Gan, label: int | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Latents (N, Z) of one class and the attributes (N, A) of their images."""
    latents = draw_latents(SAMPLES, gan.latent_size, seed)
    measures = measure(sample(gan, latents, label))
    return latents, np.stack([measures[name] for name in ATTRIBUTES], axis=1)


def _regressed(latents: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Orthonormal rows (K, Z), each the direction in which an attribute (N, A) clearly grows."""
    design = np.concatenate([latents, np.ones((len(latents), 1))], axis=1)
    slopes = np.linalg.lstsq(design, _standardised(attributes), rcond=None)[0][:-1].T
    slopes /= np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), CONSTANT)
    sets = [
        list(chosen)
        for count in range(1, len(slopes) + 1)
        for chosen in combinations(range(len(slopes)), count)
    ]
    best, found = (0, 0.0), np.zeros((0, latents.shape[1]))
    for chosen in sets:
        vectors = _orthogonalised(slopes[chosen])
        r = np.abs(correlate(latents @ vectors.T, attributes))
        own = r[range(len(chosen)), chosen]
        similar = (slopes[chosen] * vectors).sum(1).min() >= LEAST_COSINE
        clear = own.min() >= CLEAR + MARGIN and (r.argmax(1) == chosen).all()
        if similar and clear and (len(chosen), own.sum()) > best:
            best, found = (len(chosen), own.sum()), vectors
    return found


def _orthogonalised(vectors: np.ndarray) -> np.ndarray:
    """The orthonormal rows nearest to vectors (K, Z)."""
    left, _, right = np.linalg.svd(vectors, full_matrices=False)
    return left @ right


def _principal(gan: Gan, rows: np.ndarray) -> np.ndarray:
    """Principal directions orthogonal to orthonormal rows (K, Z), largest eigenvalue first."""
    weight = gan.sampler.entry.weight.detach().double().cpu().numpy()  # type: ignore[union-attr]
    weight = weight - weight @ rows.T @ rows
    _, vectors = np.linalg.eigh(weight.T @ weight)
    # The rows themselves have the eigenvalue 0 and come last.
    return vectors[:, ::-1].T[: len(vectors) - len(rows)]


def _standardised(values: np.ndarray) -> np.ndarray:
    """Columns (N, A) with mean 0 and standard deviation 1; constant ones become 0."""
    deviation = values.std(axis=0)
    centred = values - values.mean(axis=0)
    return centred * (deviation > CONSTANT) / np.maximum(deviation, CONSTANT)
