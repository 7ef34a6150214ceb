"""Exponential moving averages of weights (Polyak and Juditsky 1992)."""

from typing import TypeVar

import torch
from torch import Tensor, nn

Averaged = TypeVar("Averaged", Tensor, nn.Module)


@torch.no_grad()
def update_ema(average: Averaged, online: Averaged, decay: float) -> None:
    """average ← decay · average + (1 - decay) · online, in place.

    Of modules, every floating-point parameter and buffer is averaged; integer buffers stay.
    """
    if isinstance(average, Tensor) and isinstance(online, Tensor):
        average.lerp_(online, 1 - decay)
        return
    assert isinstance(average, nn.Module) and isinstance(online, nn.Module)
    latest = online.state_dict()
    for name, tensor in average.state_dict().items():
        if tensor.is_floating_point():
            tensor.lerp_(latest[name], 1 - decay)
