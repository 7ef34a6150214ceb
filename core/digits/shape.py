"""Attributes of the image of a digit that are measured without knowing its class."""

import numpy as np

from core.drawing import measure as moments
from core.mnist import PIXELS, SIDE

INKED = 0.5  # value from which on a pixel belongs to a stroke
ATTRIBUTES = ("thickness", "slant", "width", "height", "loop", "ink")


def measure(images: np.ndarray) -> dict[str, np.ndarray]:
    """Each of `ATTRIBUTES` (N,) of images (N, 784) in [0, 1].

    "thickness" of the strokes, in pixels: twice the ink by the length of its outline, where the
    outline is as long as brightness changes in all (a bar as wide as w has 2 for every w of ink).
    "slant": columns that a stroke moves to the right per row upwards. "width", "height": standard
    deviation of the ink across columns and rows, in pixels. "loop": pixels of paper that ink
    encloses. "ink": mean pixel.
    """
    images = np.asarray(images, np.float32).reshape(-1, PIXELS)
    shape = moments(images)
    square = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    down, right = np.diff(square, axis=1)[:, :, :-1], np.diff(square, axis=2)[:, :-1]
    outline = np.hypot(down, right).sum((1, 2))
    return {
        "thickness": 2 * images.sum(1) / np.maximum(outline, 1e-6),
        "slant": shape.slant,
        "width": shape.width,
        "height": shape.height,
        "loop": _enclosed(square),
        "ink": shape.ink,
    }


def _enclosed(square: np.ndarray) -> np.ndarray:
    """Pixels of paper (N,) that are cut off from the border of images (N, 30, 30)."""
    from scipy import ndimage  # takes a while to import

    beside = np.zeros((3, 3, 3), int)  # paper touches by its sides, and not across images
    beside[1] = ndimage.generate_binary_structure(2, 1)
    patches = np.zeros(square.shape, np.int32)
    ndimage.label(square < INKED, beside, output=patches)
    outside = np.zeros(patches.max() + 1, bool)
    outside[[0, *patches[:, 0, 0]]] = True
    return (~outside[patches]).sum((1, 2)).astype(np.float32)
