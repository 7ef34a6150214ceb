"""Returns of a training as a curve over environment steps."""

from collections.abc import Sequence

import numpy as np

from core.cartpole.observe import SOLVED_RETURN, WINDOW


def moving_mean(returns: Sequence[float] | np.ndarray, window: int = WINDOW) -> np.ndarray:
    """The mean of the last `window` returns after each episode (E,), of fewer at the start."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(returns, float))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)


def moving_mean_at(
    returns: Sequence[float] | np.ndarray,
    ends: Sequence[float] | np.ndarray,
    steps: Sequence[float] | np.ndarray,
) -> np.ndarray:
    """The moving mean at each of these steps (S,); nan before the end of the first episode.

    returns, ends (E,): the return of each episode and the step at which it ended, oldest first.
    """
    last = np.searchsorted(np.asarray(ends, float), np.asarray(steps, float), side="right")
    return np.concatenate([[np.nan], moving_mean(returns)])[last]


def first_solved_step(
    returns: Sequence[float] | np.ndarray, ends: Sequence[float] | np.ndarray
) -> int | None:
    """The step at which the mean of 20 returns first reaches 475, or None."""
    found = np.flatnonzero(moving_mean(returns)[WINDOW - 1 :] >= SOLVED_RETURN)
    return int(ends[found[0] + WINDOW - 1]) if found.size else None
