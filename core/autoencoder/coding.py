"""Into a code and out of it: the checks and the three verbs on which all others stand.

Every function takes any of the five networks and numpy arrays, and returns numpy arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.autoencoder.model import Autoencoder, VariationalAutoencoder
from core.checks import check_images, check_numbers
from core.errors import Problem

LIMIT = 1e4  # no network's codes lie further out, and beyond it a sigmoid tells nothing
BATCH = 2_000


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


def encode(model: Autoencoder, images: np.ndarray) -> Codes:
    """The codes of images (N, 784) in [0, 1]; those of a variational network are posterior means.

    Raises `Problem` ("image.*", "value.finite") for anything that is not such images.
    """
    batches = _batches(model, check_images(images))
    with torch.inference_mode():
        if not isinstance(model, VariationalAutoencoder):
            return Codes(_join([model.encode(batch) for batch in batches]), None)
        pairs = [model.posterior(batch) for batch in batches]
        means = _join([mean for mean, _ in pairs])
        return Codes(means, _join([(log_variance / 2).exp() for _, log_variance in pairs]))


def decode(model: Autoencoder, codes: np.ndarray) -> np.ndarray:
    """The images (N, 784) float32 in [0, 1] of codes (N, C).

    Raises `Problem` ("code.size", "value.finite", "value.large") for codes that are not such.
    """
    batches = _batches(model, check_codes(codes, model.config.code_size))
    with torch.inference_mode():
        return _join([model.decode(batch) for batch in batches])


def reconstruct(model: Autoencoder, images: np.ndarray) -> Reconstruction:
    """Images (N, 784) through the code and back. Raises `Problem` as `encode` does."""
    images = check_images(images)
    codes = encode(model, images).codes
    pixels = decode(model, codes)
    return Reconstruction(codes, pixels, errors(pixels, images))


def errors(pixels: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Mean squared error per pixel of each image: (N, 784) twice -> (N,)."""
    return np.square(pixels - images).mean(axis=1)


def check_codes(codes: Any, size: int) -> np.ndarray:
    """Codes, or points of a space of `size` dimensions, as (N, size) float32, or a `Problem`."""
    codes = check_numbers(codes, "A code")
    if codes.ndim != 2 or codes.shape[1] != size:
        raise Problem("code.size", expected=size, got=codes.shape[-1] if codes.ndim else 1)
    if codes.size and np.abs(codes).max() > LIMIT:
        raise Problem("value.large", name="A code", limit=f"{LIMIT:g}")
    return codes.astype(np.float32)


def _batches(model: Autoencoder, values: np.ndarray) -> Iterator[Tensor]:
    device = next(model.parameters()).device
    return (batch.to(device) for batch in torch.from_numpy(values).split(BATCH))


def _join(batches: list[Tensor]) -> np.ndarray:
    return torch.cat(batches).float().cpu().numpy()
