"""Into a code and out of it: the checks and the three verbs on which all others stand.

Every function takes any of the five networks and numpy arrays, and returns numpy arrays. A network
comes in evaluation mode and leaves as it came.
"""

from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import Problem
from core.mnist import PIXELS

LIMIT = 1e4  # no network's codes lie further out, and beyond it a sigmoid tells nothing
BATCH = 2_000


class _Network(Protocol):
    """What all five networks can do."""

    config: Any

    def encode(self, images: Tensor) -> Tensor: ...
    def decode(self, codes: Tensor) -> Tensor: ...
    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]: ...


@dataclass(frozen=True, eq=False)
class Codes:
    """codes (N, C) float32. deviations (N, C): of a variational network's posterior, else None."""

    codes: np.ndarray
    deviations: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """codes (N, C); pixels (N, 784) in [0, 1]; errors (N,): mean squared error per pixel."""

    codes: np.ndarray
    pixels: np.ndarray
    errors: np.ndarray


def encode(model: nn.Module, images: np.ndarray) -> Codes:
    """The codes of images (N, 784) in [0, 1]; those of a variational network are posterior means.

    Raises `Problem` ("image.*", "value.finite") for anything that is not such images.
    """
    network, device = cast(_Network, model), _device(model)
    batches = torch.from_numpy(check_images(images)).split(BATCH)
    with torch.inference_mode():
        if not is_variational(model):
            return Codes(_join([network.encode(batch.to(device)) for batch in batches]), None)
        pairs = [network.posterior(batch.to(device)) for batch in batches]
        means = _join([mean for mean, _ in pairs])
        return Codes(means, _join([(log_variance / 2).exp() for _, log_variance in pairs]))


def decode(model: nn.Module, codes: np.ndarray) -> np.ndarray:
    """The images (N, 784) float32 in [0, 1] of codes (N, C).

    Raises `Problem` ("code.size", "value.finite", "value.large") for codes that are not such.
    """
    network, device = cast(_Network, model), _device(model)
    batches = torch.from_numpy(check_codes(codes, code_size(model))).split(BATCH)
    with torch.inference_mode():
        return _join([network.decode(batch.to(device)) for batch in batches])


def reconstruct(model: nn.Module, images: np.ndarray) -> Reconstruction:
    """Images (N, 784) through the code and back. Raises `Problem` as `encode` does."""
    images = check_images(images)
    codes = encode(model, images).codes
    pixels = decode(model, codes)
    return Reconstruction(codes, pixels, errors(pixels, images))


def errors(pixels: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Mean squared error per pixel of each image: (N, 784) twice -> (N,)."""
    return np.square(pixels - images).mean(axis=1)


def code_size(model: nn.Module) -> int:
    """C, the numbers in this network's code."""
    return cast(_Network, model).config.code_size


def is_variational(model: nn.Module) -> bool:
    """Whether the network gives a posterior rather than a point."""
    return hasattr(model, "posterior")


def check_images(images: Any) -> np.ndarray:
    """Images as (N, 784) float32, or a `Problem`."""
    images = _numbers(images, "An image")
    if images.ndim != 2 or images.shape[1] != PIXELS:
        got = images.shape[1] if images.ndim == 2 else images.size
        raise Problem("image.size", expected=PIXELS, got=got)
    if images.size and (images.min() < 0 or images.max() > 1):
        raise Problem("image.range")
    return images.astype(np.float32)


def check_codes(codes: Any, size: int) -> np.ndarray:
    """Codes, or points of a space of `size` dimensions, as (N, size) float32, or a `Problem`."""
    codes = _numbers(codes, "A code")
    if codes.ndim != 2 or codes.shape[1] != size:
        raise Problem("code.size", expected=size, got=codes.shape[-1] if codes.ndim else 1)
    if codes.size and np.abs(codes).max() > LIMIT:
        raise Problem("value.large", name="A code", limit=f"{LIMIT:g}")
    return codes.astype(np.float32)


def check_count(name: str, value: Any, low: int, high: int) -> int:
    """A whole number between two bounds, or a `Problem` ("setting.*")."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer):
        raise Problem("setting.type", name=name, kind="a whole number", value=repr(value)[:80])
    if not low <= value <= high:
        raise Problem("setting.range", name=name, low=low, high=high, value=value)
    if value != int(value):
        raise Problem("setting.type", name=name, kind="a whole number", value=value)
    return int(value)


def _numbers(values: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64)
    except (TypeError, ValueError):  # ragged, None or text
        raise Problem("value.finite", name=name) from None
    if not np.isfinite(array).all():
        raise Problem("value.finite", name=name)
    return array


def _device(model: nn.Module) -> torch.device:
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def _join(batches: list[Tensor]) -> np.ndarray:
    return torch.cat(batches).float().cpu().numpy()
