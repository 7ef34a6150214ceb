"""Positional encodings: section 3.5 of Vaswani et al. 2017."""

import math

import torch
from torch import Tensor


def positional_encoding(length: int, width: int) -> Tensor:
    """Sines and cosines (length, width) with wavelengths from 2π to 10,000 · 2π tokens.

    width must be even.
    """
    position = torch.arange(length)[:, None]
    frequency = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    encoding = torch.empty(length, width)
    encoding[:, 0::2] = torch.sin(position * frequency)
    encoding[:, 1::2] = torch.cos(position * frequency)
    return encoding
