"""Finds heads with a clear attention pattern; the page describes them in words."""

from collections.abc import Callable

import numpy as np

from core.observation import Observation
from core.translation.decode import Translation

LEAST_WEIGHT = 0.6  # mean attention weight on one position
LEAST_CORRELATION = 0.9  # between query position and mean key position
LEAST_EVENNESS = 0.9


def observe(seen: Translation) -> list[Observation]:
    """The clearest head of each pattern that reaches its threshold; layers and heads from 1."""
    patterns = (
        ("cross_diagonal", seen.cross, diagonality, LEAST_CORRELATION),
        ("cross_end", seen.cross, lambda w: float(w[:, -1].mean()), LEAST_WEIGHT),
        ("decoder_previous", seen.decoder, lambda w: weight_at(w, -1), LEAST_WEIGHT),
        ("decoder_start", seen.decoder, lambda w: float(w[1:, 0].mean()), LEAST_WEIGHT),
        ("encoder_previous", seen.encoder, lambda w: weight_at(w, -1), LEAST_WEIGHT),
        ("encoder_next", seen.encoder, lambda w: weight_at(w, 1), LEAST_WEIGHT),
        ("encoder_self", seen.encoder, lambda w: weight_at(w, 0), LEAST_WEIGHT),
        ("encoder_everywhere", seen.encoder, evenness, LEAST_EVENNESS),
    )
    return [found for pattern in patterns for found in _clearest(*pattern)]


def _clearest(
    key: str, weights: np.ndarray, measure: Callable[[np.ndarray], float], least: float
) -> list[Observation]:
    """The head of weights (L, H, N, M) with the highest measure, if that reaches `least`."""
    if min(weights.shape[2:]) < 3:  # every pattern fits so short a sentence
        return []
    values = np.array([[measure(head) for head in layer] for layer in weights])
    layer, head = map(int, np.unravel_index(np.argmax(values), values.shape))
    value = float(values[layer, head])
    if not value >= least:
        return []
    return [Observation(f"observe.{key}", {"layer": layer + 1, "head": head + 1, "value": value})]


def weight_at(weights: np.ndarray, offset: int) -> float:
    """The mean weight (N, M) on the key `offset` positions after the query."""
    return float(np.diagonal(weights, offset).mean())


def diagonality(weights: np.ndarray) -> float:
    """Correlation between the query position and the mean key position of weights (N, M)."""
    positions = weights @ np.arange(weights.shape[1])
    if positions.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(np.arange(len(positions)), positions)[0, 1])


def evenness(weights: np.ndarray) -> float:
    """Mean entropy of the rows of weights (N, M) as a share of its maximum, log M."""
    entropy = -(weights * np.log(np.maximum(weights, 1e-12))).sum(1)
    return float(entropy.mean() / np.log(weights.shape[1]))
