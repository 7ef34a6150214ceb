"""What a visitor hands in, as the arrays and numbers that verbs compute with; or a `Problem`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import Problem
from core.mnist import PIXELS

SEEDS = 2**31 - 1


def check_images(images: Any) -> np.ndarray:
    """Images as (N, 784) float32, or a `Problem`."""
    images = check_numbers(images, "An image")
    if images.ndim != 2 or images.shape[1] != PIXELS:
        got = images.shape[1] if images.ndim == 2 else images.size
        raise Problem("image.size", expected=PIXELS, got=got)
    if images.size and (images.min() < 0 or images.max() > 1):
        raise Problem("image.range")
    return images.astype(np.float32)


def check_image(image: Any) -> np.ndarray:
    """One image, of 784 numbers in any shape, as (1, 784) float32, or a `Problem`."""
    return check_images(check_numbers(image, "An image").reshape(1, -1))


def check_seed(seed: Any) -> int:
    """A seed, or a `Problem` ("setting.*")."""
    return check_count("seed", seed, 0, SEEDS)


def check_count(name: str, value: Any, low: int, high: int) -> int:
    """A whole number between two bounds, or a `Problem` ("setting.*")."""
    if value is None:
        raise Problem("setting.empty", name=name, kind="a whole number")
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer):
        raise Problem("setting.type", name=name, kind="a whole number", value=repr(value)[:80])
    if not low <= value <= high:
        raise Problem("setting.range", name=name, low=low, high=high, value=value)
    if value != int(value):
        raise Problem("setting.type", name=name, kind="a whole number", value=value)
    return int(value)


def check_choice(name: str, value: Any, choices: Sequence[str]) -> None:
    """Raise `Problem` ("setting.choice") for a value that is none of the choices."""
    if value not in choices:
        given = {"choices": ", ".join(choices), "value": str(value)[:80], "nearest": choices[0]}
        raise Problem("setting.choice", name=name, **given)


def check_numbers(values: Any, name: str) -> np.ndarray:
    """Anything as an array of finite numbers, or a `Problem` ("value.finite")."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64)
    except (TypeError, ValueError):  # ragged, None or text
        raise Problem("value.finite", name=name) from None
    if not np.isfinite(array).all():
        raise Problem("value.finite", name=name)
    return array


def check_number(name: str, value: Any, low: float, high: float) -> float:
    """A number between two bounds, or a `Problem` ("setting.range", "value.finite")."""
    number = check_numbers(value, name)
    if number.size != 1 or not low <= number.item() <= high:
        raise Problem("setting.range", name=name, low=low, high=high, value=str(value)[:80])
    return float(number.item())
