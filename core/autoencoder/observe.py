"""Observations on one network, computed from its latent space; the page makes sentences of them.

An `Observation` is a key and the numbers its sentence names. Only what holds of this network is
observed, so two networks are told apart by what is said of them. Axes and dimensions count from 1.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.autoencoder.latent_space import CLASSES, CLASSIFIER_NEIGHBOURS, LatentSpace
from core.drawing import measure
from core.observation import Observation

COLLAPSED = 0.05  # nats: a variational dimension below tells next to nothing of its digit
FLAT = 0.03  # of an equal share of the variance: 1 % at C = 3
DEAD = 0.1  # a sparse unit that no digit lifts above this never takes part
ACTIVE = 0.5
FOLLOWS = 0.6  # |r| from which an axis may be said to follow a measure
CELLS = 10  # a side, of the boxes that are counted for empty space
LISTED = 6  # dimensions named in one sentence


def observe(
    space: LatentSpace,
    baseline: float | None = None,
    history: Sequence[Mapping[str, float]] = (),
) -> list[Observation]:
    """What holds of this network.

    baseline: mean squared error of PCA at the same code size, on the same digits.
    history: the metrics of its training's events, oldest first.
    """
    return [
        *_classes(space),
        *_reconstruction(space, baseline),
        *_dimensions(space),
        *_axes(space),
        *_space(space),
        *_training(history),
    ]


def _classes(space: LatentSpace) -> Iterator[Observation]:
    """Which classes the code keeps apart, by the vote of each digit's neighbours."""
    counts = space.confusion
    sizes = counts.sum(axis=1)
    yield Observation(
        "observe.accuracy", {"accuracy": space.accuracy, "neighbours": CLASSIFIER_NEIGHBOURS}
    )
    both = np.maximum(sizes[:, None] + sizes, 1)
    overlap = np.triu(counts + counts.T, 1) / both
    first, second = divmod(int(overlap.argmax()), CLASSES)
    if overlap[first, second] >= 0.01:
        values = {"first": first, "second": second, "share": float(overlap[first, second])}
        yield Observation("observe.overlap", values)
    right = counts.diagonal() / np.maximum(sizes, 1)
    best = int(right.argmax())
    yield Observation("observe.separated", {"label": best, "share": float(right[best])})


def _reconstruction(space: LatentSpace, baseline: float | None) -> Iterator[Observation]:
    """Which digits come back well and badly, and whether the network beats PCA."""
    sizes = np.bincount(space.labels, minlength=CLASSES)
    present = np.flatnonzero(sizes)
    sums = np.bincount(space.labels, weights=space.errors, minlength=CLASSES)
    means = sums[present] / sizes[present]
    worst, best = int(means.argmax()), int(means.argmin())
    if worst != best:
        yield Observation(
            "observe.hardest",
            {
                "hardest": int(present[worst]),
                "easiest": int(present[best]),
                "error": float(means[worst]),
                "easiest_error": float(means[best]),
                "ratio": float(means[worst] / max(means[best], 1e-9)),
            },
        )
    odd, mean = int(space.errors.argmax()), float(space.errors.mean())
    error = float(space.errors[odd])
    yield Observation(
        "observe.oddest",
        {
            "index": odd,
            "label": int(space.labels[odd]),
            "error": error,
            "ratio": error / max(mean, 1e-9),
            "percentile": space.error_percentile(error),
        },
    )
    if baseline is not None:
        better = mean < baseline
        ratio = max(mean, baseline) / max(min(mean, baseline), 1e-9)
        values = {"error": mean, "baseline": baseline, "ratio": ratio, "size": _size(space)}
        yield Observation(f"observe.baseline.{'better' if better else 'worse'}", values)


def _dimensions(space: LatentSpace) -> Iterator[Observation]:
    """Which dimensions of the code carry something, and which carry nothing."""
    size = _size(space)
    variances = space.codes.var(axis=0)
    if variances.sum() < 1e-10:
        yield Observation("observe.same", {"size": size, "spread": float(variances.sum() ** 0.5)})
        return
    shares = variances / variances.sum()
    if space.view.bounded:
        dead = int((space.codes.max(axis=0) < DEAD).sum())
        active = float((space.codes > ACTIVE).mean() * size)
        mean = float(space.codes.mean())
        yield Observation("observe.sparse", {"mean": mean, "active": active, "size": size})
        if dead:
            yield Observation("observe.dead", {"dead": dead, "size": size})
    elif space.kl is not None:
        collapsed = np.flatnonzero(space.kl < COLLAPSED)
        if len(collapsed) == size:
            values = {"size": size, "kl": float(space.kl.sum())}
            yield Observation("observe.collapse.all", values)
            return
        if collapsed.size:
            values = _named(collapsed, size) | {"kl": float(space.kl[collapsed].max())}
            yield Observation("observe.collapse.some", values)
    else:
        flat = np.flatnonzero(shares < FLAT / size)
        if flat.size:
            values = _named(flat, size) | {"share": float(shares[flat].sum())}
            yield Observation("observe.flat", values)
    widest = int(shares.argmax())
    values = {"dimension": widest + 1, "share": float(shares[widest]), "size": size}
    yield Observation("observe.widest", values)
    if size > 3:
        shown = float(space.view.variance_explained.sum())
        yield Observation("observe.view", {"share": shown, "size": size})


def _axes(space: LatentSpace) -> Iterator[Observation]:
    """Which axis of the view follows something that can be measured on the digits themselves."""
    points = space.points - space.points.mean(axis=0)
    spread = points.std(axis=0)
    shape = measure(space.images)
    for name in ("slant", "ink", "width"):
        values = getattr(shape, name)
        values = values - values.mean()
        scale = spread * values.std()
        covariance = points.T @ values / len(space)
        r = np.divide(covariance, scale, out=np.zeros(3, covariance.dtype), where=scale > 1e-9)
        axis = int(np.abs(r).argmax())
        if abs(r[axis]) >= FOLLOWS:
            yield Observation(f"observe.axis.{name}", {"axis": axis + 1, "r": float(r[axis])})


def _space(space: LatentSpace) -> Iterator[Observation]:
    """How much of the box around the cloud holds no digit at all."""
    used = min(3, _size(space))
    low, high = space.ranges[:used].T
    cells = np.floor((space.points[:, :used] - low) / (high - low) * CELLS).astype(int)
    inside = cells[((cells >= 0) & (cells < CELLS)).all(axis=1)]
    total = CELLS**used
    empty = 1 - len(np.unique(inside, axis=0)) / total
    yield Observation("observe.space", {"share": empty, "cells": total, "digits": len(space)})


def _training(history: Sequence[Mapping[str, float]]) -> Iterator[Observation]:
    """Whether the training was still improving when it ended, and overfitted."""
    curve = [m["validation_loss"] for m in history if "validation_loss" in m]
    if len(curve) < 10 or curve[-1] <= 0:
        return
    before, last = curve[-len(curve) // 5], curve[-1]
    fallen = (before - last) / before
    if fallen > 0.02:
        yield Observation("observe.falling", {"share": fallen, "loss": last})
    elif fallen > -0.02:
        yield Observation("observe.settled", {"share": abs(fallen), "loss": last})
    gap = last / max(history[-1]["train_loss"], 1e-9) - 1
    if gap > 0.1:
        yield Observation("observe.gap", {"share": gap, "loss": last})


def _named(dimensions: np.ndarray, size: int) -> dict[str, float | int | str]:
    shown = ", ".join(str(d + 1) for d in dimensions[:LISTED])
    more = " …" if len(dimensions) > LISTED else ""
    return {"dimensions": shown + more, "count": len(dimensions), "size": size}


def _size(space: LatentSpace) -> int:
    return space.codes.shape[1]
