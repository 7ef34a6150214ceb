"""Real points in the plane, the data of `digits-toy`, and how much of them a generator covers.

Every shape is a mixture of isotropic Gaussians with the same variance, one at each anchor. Ring
and grid as in Metz et al. 2017, "Unrolled generative adversarial networks", and Srivastava et al.
2017, "VEEGAN"; here within [-1, 1].
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from core.digits.config import ToyConfig
from core.errors import Problem

DRAWN = 500  # points at most that a visitor draws
SEGMENTS = 20  # of a curve, each of which counts as a mode
FAIR = 0.1  # of an equal share of the samples: with as many, a mode counts as covered
NEAR = 3.0  # standard deviations from an anchor within which a sample is good


@dataclass(frozen=True, eq=False)
class Shape:
    """anchors (A, 2) float32; modes (A,): which mode, or segment of a curve, each belongs to.

    deviation: standard deviation of the points about each anchor.
    """

    anchors: Tensor
    modes: np.ndarray
    deviation: float

    @property
    def count(self) -> int:
        """How many modes there are."""
        return int(self.modes.max()) + 1


@dataclass(frozen=True)
class Coverage:
    """modes: how many of `total` modes are covered; good: share of the samples that lie within
    three standard deviations of an anchor.
    """

    modes: int
    total: int
    good: float


def draw(config: ToyConfig, count: int, generator: torch.Generator) -> Tensor:
    """Real points (count, 2) on the generator's device.

    Raises `Problem` ("points.*") for a drawing that is empty or cannot be read.
    """
    shape = shape_of(config.shape, config.drawn)
    device = generator.device
    chosen = torch.randint(len(shape.anchors), (count,), generator=generator, device=device)
    noise = torch.randn(count, 2, generator=generator, device=device)
    return torch.add(shape.anchors.to(device)[chosen], noise, alpha=shape.deviation)


def measure_coverage(points: np.ndarray, config: ToyConfig) -> Coverage:
    """How much of the real shape generated points (N, 2) cover.

    A sample is good within 3 σ of its nearest anchor (Srivastava et al. 2017, section 4); a mode is
    covered if it holds a tenth of an equal share of all samples.
    """
    shape = shape_of(config.shape, config.drawn)
    distances = torch.cdist(torch.as_tensor(points, dtype=torch.float32), shape.anchors)
    nearest = distances.argmin(1).numpy()
    good = distances.amin(1).numpy() <= NEAR * shape.deviation
    held = np.bincount(shape.modes[nearest[good]], minlength=shape.count)
    covered = held >= max(1.0, FAIR * len(nearest) / shape.count)
    share = float(good.mean()) if len(good) else 0.0
    return Coverage(int(covered.sum()), shape.count, share)


@lru_cache(maxsize=64)
def shape_of(name: str, drawn: str = "") -> Shape:
    """The shape of a `ToyConfig`. Raises `Problem` ("points.*") as `draw` does."""
    if name == "drawn":
        anchors = parse(drawn)
        return Shape(torch.from_numpy(anchors), np.arange(len(anchors)), 0.03)
    if name == "ring":
        angle = 2 * math.pi * np.arange(8) / 8
        return _modes(0.8 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.04)
    if name == "grid":
        lines = np.linspace(-0.8, 0.8, 5)
        return _modes(np.stack(np.meshgrid(lines, lines), axis=-1).reshape(-1, 2), 0.03)
    if name == "spiral":
        # Equal steps of the squared angle are nearly equal steps along the curve.
        angle = np.sqrt(np.linspace(0.02, 1, 400)) * 3.5 * math.pi
        radius = 0.9 * angle / angle.max()
        return _curve(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), 0.02)
    angle = np.linspace(0, math.pi, 200)  # two moons
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    return _curve(0.6 * np.concatenate([upper, -upper]), 0.04)


def parse(drawn: str) -> np.ndarray:
    """A visitor's points "x,y x,y …" as (N, 2) float32.

    Raises `Problem` ("points.empty", "points.unreadable", "points.many", "points.far").
    """
    words = drawn.split()
    if not words:
        raise Problem("points.empty")
    if len(words) > DRAWN:
        raise Problem("points.many", limit=DRAWN, count=len(words))
    try:
        points = np.array([[float(part) for part in word.split(",")] for word in words], np.float32)
    except ValueError:
        raise Problem("points.unreadable") from None
    if points.ndim != 2 or points.shape[1] != 2:
        raise Problem("points.unreadable")
    if not (np.abs(points) <= 1).all():  # False for NaN too
        raise Problem("points.far")
    return points


def _modes(anchors: np.ndarray, deviation: float) -> Shape:
    return Shape(torch.from_numpy(anchors).float(), np.arange(len(anchors)), deviation)


def _curve(anchors: np.ndarray, deviation: float) -> Shape:
    segments = np.arange(len(anchors)) * SEGMENTS // len(anchors)
    return Shape(torch.from_numpy(anchors).float(), segments, deviation)
