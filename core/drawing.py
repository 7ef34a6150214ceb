"""What a drawing or a digit looks like: put in MNIST's frame, and measured."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from core.checks import check_numbers
from core.errors import Problem
from core.mnist import PIXELS, SIDE

BOX = (
    20  # LeCun et al. 1998, section III-A: a digit fills 20 × 20 pixels, centred by mass in 28 × 28
)
INK = 0.1  # paler than this is paper
LARGEST = 2_000  # pixels a side


def centre(drawing: np.ndarray) -> np.ndarray:
    """A drawing (H, W), 0 paper to 1 ink, as MNIST would hold it: (784,) float32.

    Its ink is cropped, scaled to 20 × 20 with its proportions kept, and placed by its centre of
    mass. So neither where nor how large it was drawn matters. Raises `Problem` for a drawing that
    is (almost) empty, too large, or not made of numbers in [0, 1].
    """
    drawing = _check(drawing)
    rows, columns = np.nonzero(drawing > INK)
    if not rows.size:
        raise Problem("image.empty")
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    longest = max(bottom - top, right - left)
    if longest < 0.03 * max(drawing.shape):  # a slip of the pen would be blown up to a block
        raise Problem("image.empty")
    scale = BOX / longest
    height, width = (max(1, round(side * scale)) for side in (bottom - top, right - left))
    # Pillow widens the filter when it shrinks, which is what antialiases.
    crop = Image.fromarray(drawing[top:bottom, left:right])
    digit = np.asarray(crop.resize((width, height), Image.Resampling.HAMMING)).clip(0, 1)
    frame = np.zeros((SIDE, SIDE), np.float32)
    y, x = (_offset(digit.sum(axis=1 - axis)) for axis in (0, 1))
    frame[y : y + height, x : x + width] = digit
    return frame.reshape(-1)


def _offset(mass: np.ndarray) -> int:
    """Where to begin along one axis, so that the centre of mass falls on pixel 14, as MNIST's."""
    middle = np.average(np.arange(len(mass)), weights=mass)
    return int(np.clip(round(SIDE / 2 - middle), 0, SIDE - len(mass)))


def _check(drawing: Any) -> np.ndarray:
    drawing = check_numbers(drawing, "A drawing")
    if drawing.ndim != 2 or not drawing.size or max(drawing.shape) > LARGEST:
        raise Problem("drawing.size", limit=LARGEST)
    if drawing.min() < 0 or drawing.max() > 1:
        raise Problem("image.range")
    return drawing.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Shape:
    """Measures of N digits, each (N,).

    slant: columns that a stroke moves to the right per row upwards. ink: mean pixel, in [0, 1].
    width, height: standard deviation of the ink across columns and rows, in pixels.
    """

    slant: np.ndarray
    ink: np.ndarray
    width: np.ndarray
    height: np.ndarray


def measure(images: np.ndarray) -> Shape:
    """The slant, ink and extent of images (N, 784), from their moments; 0 where there is no ink."""
    pixels = np.asarray(images).reshape(-1, PIXELS)
    y, x = (axis.reshape(-1) - (SIDE - 1) / 2 for axis in np.indices((SIDE, SIDE)))
    monomials = np.stack([np.ones(PIXELS), x, y, x * x, x * y, y * y], axis=1)
    full = 255 if pixels.dtype == np.uint8 else 1
    moments = pixels.astype(np.float32) @ monomials.astype(np.float32) / full
    mass = moments[:, 0]
    mean_x, mean_y, xx, xy, yy = (moments[:, 1:] / np.maximum(mass, 1e-6)[:, None]).T
    covariance, tall = xy - mean_x * mean_y, yy - mean_y**2
    return Shape(
        slant=-covariance / np.maximum(tall, 1e-3),  # rows count downwards
        ink=mass / PIXELS,
        width=np.sqrt(np.maximum(xx - mean_x**2, 0)),
        height=np.sqrt(np.maximum(tall, 0)),
    )
