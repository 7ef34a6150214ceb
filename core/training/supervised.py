"""Training on batches of a data set with AdamW, which most networks share."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from core.training.batches import ShuffledBatches
from core.training.loop import Means, Model, Task


class SupervisedTask(Task[Model]):
    """Minimises the loss of one batch after the other with AdamW (Loshchilov and Hutter 2019).

    config: has `seed`, `epochs`, `batch_size`, `learning_rate` and `weight_decay`. count: examples.
    schedule(step, total, warm_up): the share of the learning rate at a step, see
    `core.nn.schedules`. warm_up: share of the steps in which the rate rises. generator: on the
    device of the model; draws the batches and whatever `loss` draws.
    """

    def __init__(
        self,
        model: Model,
        config: Any,
        count: int,
        schedule: Callable[[int, int, int], float],
        warm_up: float,
    ):
        self.model, self.config, self.schedule = model, config, schedule
        self.generator = torch.Generator(self.device).manual_seed(config.seed)
        self.batches = ShuffledBatches(count, config.batch_size, self.generator)
        self.total = self.batches.per_epoch * config.epochs
        self.warm_up = max(1, round(warm_up * self.total))  # steps
        fused = self.device.type != "mps"
        self.optimiser = torch.optim.AdamW(model.parameters(), fused=fused)
        self.stateful = {
            "generator": self.generator,
            "batches": self.batches,
            "optimiser": self.optimiser,
        }
        self.means = Means("train_loss")
        self.rate = 0.0

    @abstractmethod
    def loss(self, chosen: Tensor) -> Tensor:
        """The loss, a scalar, of the examples at some indices (B,)."""

    def optimise(self) -> None:
        self.rate = self.config.learning_rate * self.schedule(self.step, self.total, self.warm_up)
        for group in self.optimiser.param_groups:
            group["lr"], group["weight_decay"] = self.rate, self.config.weight_decay
        loss = self.loss(self.batches.next())
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.step += 1
        self.means.add(loss)

    def metrics(self, seconds: float) -> dict[str, float]:
        return {**self.means.take(), "learning_rate": self.rate}
