"""What to look for in the attention at hand: facts as keys and values, which the page words."""

from collections.abc import Callable

import numpy as np

from core.observation import Observation
from core.translation.decode import Translation

STRONG = 0.6  # share of its attention from which on a head is said to look somewhere
FOLLOWS = 0.9  # correlation from which on a head is said to follow the diagonal
SPREAD = 0.9  # share of the highest entropy from which on a head is said to look everywhere


def observe(seen: Translation) -> list[Observation]:
    """The most telling heads of a translation, at most one for each kind of fact.

    Layers and heads are counted from 1, as a reader counts.
    """
    found = []
    found += _best("cross_diagonal", seen.cross, _diagonality, FOLLOWS)
    found += _best("cross_end", seen.cross, lambda w: float(w[:, -1].mean()), STRONG)
    found += _best("decoder_previous", seen.decoder, lambda w: _beside(w, -1), STRONG)
    found += _best("decoder_start", seen.decoder, lambda w: float(w[1:, 0].mean()), STRONG)
    found += _best("encoder_previous", seen.encoder, lambda w: _beside(w, -1), STRONG)
    found += _best("encoder_next", seen.encoder, lambda w: _beside(w, 1), STRONG)
    found += _best("encoder_self", seen.encoder, lambda w: _beside(w, 0), STRONG)
    found += _best("encoder_everywhere", seen.encoder, evenness, SPREAD)
    return found


def _best(
    key: str, weights: np.ndarray, measure: Callable[[np.ndarray], float], least: float
) -> list[Observation]:
    """The head of weights (L, H, N, M) that a measure finds the most so, if it is enough."""
    if min(weights.shape[2:]) < 3:  # in a sentence so short everything follows everything
        return []
    values = np.array([[measure(head) for head in layer] for layer in weights])
    layer, head = np.unravel_index(np.argmax(values), values.shape)
    if not values[layer, head] >= least:
        return []
    value = float(values[layer, head])
    return [
        Observation(
            f"observe.{key}", {"layer": int(layer) + 1, "head": int(head) + 1, "value": value}
        )
    ]


def _beside(weights: np.ndarray, offset: int) -> float:
    """The mean weight on the token so many places further on, where there is one."""
    return float(np.diagonal(weights, offset).mean())


def _diagonality(weights: np.ndarray) -> float:
    """How closely the place looked at moves along with the place that looks: a correlation."""
    places = weights @ np.arange(weights.shape[1])
    if places.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(np.arange(len(places)), places)[0, 1])


def evenness(weights: np.ndarray) -> float:
    """Mean entropy of the rows of weights (N, M) as a share of the highest, log M."""
    entropy = -(weights * np.log(np.maximum(weights, 1e-12))).sum(1)
    return float(entropy.mean() / np.log(weights.shape[1]))
