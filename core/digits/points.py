"""Real points in the plane: what a game of `digits-toy` imitates, and how much of it was found.

Every shape is a set of anchors with the same round Gaussian about each, so one rule draws from all
of them and one rule counts. Ring and grid as in Metz et al. 2017, "Unrolled generative adversarial
networks", and Srivastava et al. 2017, "VEEGAN"; here within [-1, 1].
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
STRETCHES = 20  # into which a curve is cut to count how much of it was found
FAIR = 0.1  # of its fair share of the samples: from there on, a mode counts as found
NEAR = 3.0  # standard deviations from an anchor within which a sample is good


@dataclass(frozen=True, eq=False)
class Shape:
    """anchors (A, 2) float32; modes (A,): which mode, or stretch of a curve, each belongs to.

    spread: standard deviation of the points about each anchor.
    """

    anchors: Tensor
    modes: np.ndarray
    spread: float

    @property
    def count(self) -> int:
        """How many modes there are."""
        return int(self.modes.max()) + 1


@dataclass(frozen=True)
class Found:
    """modes: how many of `total` modes hold their share of samples; good: share of samples that
    lie within three standard deviations of an anchor.
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
    return torch.add(shape.anchors.to(device)[chosen], noise, alpha=shape.spread)


def find(points: np.ndarray, config: ToyConfig) -> Found:
    """How much of the real shape generated points (N, 2) have found.

    A sample is good within 3 σ of its nearest anchor (Srivastava et al. 2017, section 4); a mode
    is found once it holds a tenth of its fair share of all samples.
    """
    shape = shape_of(config.shape, config.drawn)
    gaps = torch.cdist(torch.as_tensor(points, dtype=torch.float32), shape.anchors)
    nearest = gaps.argmin(1).numpy()
    good = gaps.amin(1).numpy() <= NEAR * shape.spread
    held = np.bincount(shape.modes[nearest[good]], minlength=shape.count)
    enough = max(1.0, FAIR * len(nearest) / shape.count)
    return Found(int((held >= enough).sum()), shape.count, float(good.mean()) if len(good) else 0.0)


@lru_cache(maxsize=64)
def shape_of(name: str, drawn: str = "") -> Shape:
    """The shape of a `ToyConfig`. Raises `Problem` ("points.*") as `draw` does."""
    if name == "drawn":
        anchors = parse(drawn)
        return Shape(torch.from_numpy(anchors), np.arange(len(anchors)), 0.03)
    if name == "ring":
        turn = 2 * math.pi * np.arange(8) / 8
        return _modes(0.8 * np.stack([np.cos(turn), np.sin(turn)], axis=1), 0.04)
    if name == "grid":
        lines = np.linspace(-0.8, 0.8, 5)
        return _modes(np.stack(np.meshgrid(lines, lines), axis=-1).reshape(-1, 2), 0.03)
    if name == "spiral":
        # Equal steps of the squared angle are nearly equal steps along the curve.
        turn = np.sqrt(np.linspace(0.02, 1, 400)) * 3.5 * math.pi
        radius = 0.9 * turn / turn.max()
        return _curve(np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1), 0.02)
    turn = np.linspace(0, math.pi, 200)  # two moons
    upper = np.stack([np.cos(turn) - 0.5, np.sin(turn) - 0.25], axis=1)
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
    if not (np.abs(points) <= 1).all():  # nor is NaN
        raise Problem("points.far")
    return points


def write(points: np.ndarray) -> str:
    """Points (N, 2) as `ToyConfig.drawn` holds them, to three places."""
    return " ".join(f"{x:.3f},{y:.3f}" for x, y in np.asarray(points).reshape(-1, 2))


def _modes(anchors: np.ndarray, spread: float) -> Shape:
    return Shape(torch.from_numpy(anchors).float(), np.arange(len(anchors)), spread)


def _curve(anchors: np.ndarray, spread: float) -> Shape:
    stretches = np.arange(len(anchors)) * STRETCHES // len(anchors)
    return Shape(torch.from_numpy(anchors).float(), stretches, spread)
