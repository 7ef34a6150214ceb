"""The one training loop: a generator of `Progress` around a network's own optimiser step."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import Problem
from core.training.progress import Progress, Training
from core.training.random_state import RandomState

Model = TypeVar("Model", bound=nn.Module)
Preview = Mapping[str, np.ndarray]


class Stateful(Protocol):
    """What has a state that resuming needs, e.g. an optimiser."""

    def state_dict(self) -> Any: ...

    def load_state_dict(self, state: Any, /) -> Any: ...


@dataclass(frozen=True)
class Pace:
    """How often a training reports.

    seconds: between two events. preview_share: of the time that previews may take. now: the clock.
    """

    seconds: float = 0.3
    preview_share: float = 0.1
    now: Callable[[], float] = time.monotonic


class Task(ABC, Generic[Model]):
    """One network in training: what differs from network to network.

    model: the network, trained in place. config: its settings, which the loop replaces when new
    ones are sent. total: steps in the whole run. step: steps made; `optimise` advances it.
    stateful: by name, what resuming needs beside the weights and the step; generators too. pace:
    how often it reports.
    """

    # Whether a step draws from torch's global generators, as dropout layers do.
    uses_global_random_state = False

    model: Model
    config: Any
    total: int
    stateful: Mapping[str, Stateful | torch.Generator]
    pace: Pace = Pace()
    step: int = 0

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def ready(self) -> bool:
        """Whether there is anything to report yet."""
        return True

    @property
    def steps_per_second(self) -> float:
        """How many steps a second are wanted at most; infinite where none waits for the clock."""
        return math.inf

    @abstractmethod
    def optimise(self) -> None:
        """Make one step with `config`."""

    @abstractmethod
    def metrics(self, seconds: float) -> dict[str, float]:
        """Means since the last call, which took so many seconds of training."""

    @abstractmethod
    def preview(self) -> tuple[dict[str, float], Preview]:
        """Figures and arrays that cost time, e.g. of validation data; must not disturb training.

        The figures join the metrics of this event and of those after it, until the next call.
        """


def run(task: Task, state: dict[str, Any] | None = None, pace: Pace | None = None) -> Training:
    """Train a task to its end; yield a `Progress` at the pace given.

    state: filled before every event with what resuming needs; a filled one is continued from,
    exactly as if there had been no break. Settings that are sent, e.g. {"learning_rate": 1e-4},
    hold from the next step on; the network and the length of the run stay.

    Raises `Problem` ("training.diverged") when a metric or a parameter is no longer finite, with
    the model as it was at the last event.
    """
    # Inputs that are zero in every example drive gradients below 1e-38, into numbers that a
    # processor multiplies several times more slowly than zero.
    torch.set_flush_denormal(True)
    state = {} if state is None else state
    pace = pace or task.pace
    model = task.model
    stateful, random = dict(task.stateful), None
    if task.uses_global_random_state:
        random = stateful["random_state"] = RandomState(task.config.seed, task.device)
    if state:
        task.step = state["step"]
        _load_states(stateful, state)
    last_good = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    figures: dict[str, float] = {}
    last_event = next_preview = -math.inf
    resumed = pace.now()
    model.train()
    while task.step < task.total:
        start = pace.now()
        with random or nullcontext():
            task.optimise()
        if (limit := task.steps_per_second) < math.inf:
            time.sleep(max(0.0, start + 1 / limit - pace.now()))
        complete = task.step == task.total
        if not complete and (not task.ready or pace.now() - last_event < pace.seconds):
            continue
        metrics = task.metrics(pace.now() - resumed)
        if not _finite(model, metrics):
            model.load_state_dict(last_good)
            raise Problem("training.diverged", step=task.step)
        for name, tensor in model.state_dict().items():
            last_good[name].copy_(tensor)
        preview, start = None, pace.now()
        if complete or start >= next_preview:
            model.eval()
            figures, preview = task.preview()
            end = pace.now()
            next_preview = end + (end - start) / pace.preview_share
        state["step"] = task.step
        state |= _states(stateful)
        command = yield Progress(task.step, task.total, {**metrics, **figures}, preview)
        if command:
            task.config = replace(task.config, **command)
        model.train()
        last_event = resumed = pace.now()


def _states(stateful: Mapping[str, Stateful | torch.Generator]) -> dict[str, Any]:
    return {
        name: part.get_state() if isinstance(part, torch.Generator) else part.state_dict()
        for name, part in stateful.items()
    }


def _load_states(
    stateful: Mapping[str, Stateful | torch.Generator], state: Mapping[str, Any]
) -> None:
    for name, part in stateful.items():
        if isinstance(part, torch.Generator):
            part.set_state(state[name])
        else:
            part.load_state_dict(state[name])


def _finite(model: nn.Module, metrics: Mapping[str, float]) -> bool:
    """Whether all metrics and all parameters and buffers of a model are finite."""
    # A sum is infinite or no number where any of its terms is, and costs less than a look at each.
    sums = [tensor.sum().double() for tensor in model.state_dict().values()]
    return all(map(math.isfinite, metrics.values())) and math.isfinite(float(sum(sums)))


class Means:
    """Means of scalar tensors by name, kept on their device until they are asked for."""

    def __init__(self, *names: str):
        self.names = names
        self._sums: Tensor | None = None
        self._count = 0

    def add(self, *values: Tensor) -> None:
        """Add one value for each name."""
        stacked = torch.stack([value.detach() for value in values])
        self._sums = stacked if self._sums is None else self._sums + stacked
        self._count += 1

    def take(self) -> dict[str, float]:
        """The mean of each since the last call; 0 where nothing was added."""
        means = [0.0] * len(self.names)
        if self._sums is not None:
            means = (self._sums / self._count).tolist()
        self._sums, self._count = None, 0
        return dict(zip(self.names, means, strict=True))
