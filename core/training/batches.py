"""Batches of a data set in an order that is drawn anew in each epoch."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class ShuffledBatches:
    """Indices (B,) of one batch after the other; an incomplete last batch of an epoch is left out.

    count: examples. generator: draws each epoch's order, on its own device.
    """

    def __init__(self, count: int, batch_size: int, generator: torch.Generator):
        self.count, self.generator = count, generator
        self.batch_size = min(batch_size, count)
        self.per_epoch = count // self.batch_size
        self.drawn = 0  # batches
        self.order = torch.empty(0, dtype=torch.int64, device=generator.device)

    def next(self) -> Tensor:
        """The indices (B,) of the next batch."""
        position = self.drawn % self.per_epoch
        if position == 0:
            self.order = torch.randperm(
                self.count, generator=self.generator, device=self.generator.device
            )
        self.drawn += 1
        return self.order[position * self.batch_size : (position + 1) * self.batch_size]

    def state_dict(self) -> dict[str, Any]:
        """What resuming needs, apart from the generator."""
        return {"drawn": self.drawn, "order": self.order}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state."""
        self.drawn, self.order = state["drawn"], state["order"].to(self.generator.device)
