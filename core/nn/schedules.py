"""Learning-rate schedules: the share (0 to 1) of the peak rate at a step, counted from 0."""

import math


def linear_warmup_cosine(step: int, total: int, warm_up: int) -> float:
    """A linear rise over `warm_up` steps (1 at least), then half a cosine to zero at `total`."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, total - warm_up)))


def linear_warmup_linear(step: int, total: int, warm_up: int) -> float:
    """A linear rise over `warm_up` steps (0 for none), then a linear fall to zero at `total`.

    A fall to zero replaces the average of the last checkpoints of Vaswani et al. 2017 (section
    6.1).
    """
    if step < warm_up:
        return (step + 1) / warm_up
    return (total - step) / max(1, total - warm_up)


def triangular(step: int, total: int, warm_up: int) -> float:
    """A linear rise over `warm_up` steps (1 at least) to 1 at step `warm_up - 1`, then a linear
    fall that reaches 0 at `total`."""
    return min((step + 1) / warm_up, (total - step) / (total - warm_up + 1))


def constant_then_linear(step: int, total: int, decay: float) -> float:
    """1, then a linear fall to zero over the last share `decay` (0 to 1) of the steps."""
    return min(1.0, (total - step) / max(1.0, decay * total))
