"""torch's global random state, of the CPU and of a GPU, kept apart for one training.

Layers such as dropout draw from torch's global generators, which all of a process share.
"""

from collections.abc import Mapping
from typing import Any, Self

import torch
from torch import Tensor


class RandomState:
    """The global generators as one training sees them: enter it, draw, and leave.

    Outside the `with` block the global generators are as everybody else left them.
    """

    def __init__(self, seed: int, device: torch.device):
        # The parts of torch with a global generator that a network on this device draws from.
        self._modules: dict[str, Any] = {"cpu": torch.random}
        if device.type != "cpu":
            self._modules[device.type] = torch.get_device_module(device)
        self._own = {
            name: torch.Generator(name).manual_seed(seed).get_state() for name in self._modules
        }
        self._others: dict[str, Tensor] = {}

    def __enter__(self) -> Self:
        self._others = self._swap(self._own)
        return self

    def __exit__(self, *_: object) -> None:
        self._own = self._swap(self._others)

    def _swap(self, states: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Set the global generators; return what they were."""
        before = {name: module.get_rng_state() for name, module in self._modules.items()}
        for name, module in self._modules.items():
            module.set_rng_state(states[name])
        return before

    def state_dict(self) -> dict[str, Tensor]:
        """The states of the generators, by kind of device."""
        return dict(self._own)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a state; a kind of device that it lacks keeps its seed."""
        self._own |= {name: state[name] for name in self._own if name in state}
