"""A recipe that trains nothing and misbehaves on request."""

import ctypes
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.errors import Problem
from core.nn.reproducible import seeded
from core.training.config import Config, setting
from core.training.loop import Pace, Preview, Task
from core.training.metrics import Metrics
from core.training.recipe import Recipe

MOODS = (
    "calm", "quick", "asleep", "deaf", "clumsy", "killed", "gone", "greedy", "infinite", "hurt",
    "interrupted", "pondering",
)  # fmt: skip


@dataclass(frozen=True)
class FakeConfig(Config):
    """mood: how the training behaves, from step 3 on."""

    steps: int = setting(5, 1, 1_000_000)
    rate: float = setting(0.5, 0.0, 1.0)
    mood: str = setting("calm", choices=MOODS)


@dataclass(frozen=True)
class FakeData:
    source: str = "fake"


def build(config: FakeConfig) -> nn.Module:
    with seeded(config.seed):
        return nn.Linear(2, 2)


class FakeTask(Task[nn.Linear]):
    """Adds a random number to the weights at each step, and reports on the process."""

    pace = Pace(seconds=0.0, preview_share=math.inf)  # an event with a preview at every step
    config: FakeConfig

    def __init__(self, model: nn.Linear, data: FakeData, config: FakeConfig):
        self.model, self.config, self.total = model, config, config.steps
        self.generator = torch.Generator().manual_seed(config.seed)
        self.stateful = {"generator": self.generator}

    def optimise(self) -> None:
        if self.step and self.config.mood != "quick":
            time.sleep(0.01)
        if self.step == 2:
            misbehave(self.config.mood, self.model)
        self.step += 1
        with torch.no_grad():
            self.model.weight += self.config.rate * torch.randn(1, generator=self.generator)

    def metrics(self, seconds: float) -> dict[str, float]:
        return {
            "weight": 0.0 if self.config.mood == "infinite" else self.model.weight[0, 0].item(),
            "rate": self.config.rate,
            "process": float(os.getpid()),
            "niceness": float(os.nice(0)),
            "threads": float(torch.get_num_threads()),
            "page": float(any(name in sys.modules for name in ("gradio", "pages"))),
            "cuda": float(torch.cuda.is_initialized()),
        }

    def preview(self) -> tuple[dict[str, float], Preview]:
        return {}, {"weight": np.full(3, self.model.weight[0, 0].item(), np.float32)}


def misbehave(mood: str, model: nn.Linear) -> None:
    if mood == "infinite":
        nn.init.constant_(model.weight, float("nan"))
    deeds: dict[str, Callable[[], object]] = {
        "asleep": lambda: time.sleep(1_000),
        # PyDLL keeps the interpreter's lock: no thread and no signal handler of Python runs.
        "deaf": lambda: ctypes.PyDLL(None).sleep(1_000),
        "clumsy": lambda: [][0],
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "gone": lambda: os._exit(3),
        "greedy": greedy,
        "hurt": hurt,
        "interrupted": lambda: os.kill(os.getpid(), signal.SIGINT),
    }
    deeds.get(mood, lambda: None)()


def greedy() -> None:
    raise MemoryError


def hurt() -> None:
    raise Problem("training.diverged", step=3)


def evaluate(model: nn.Linear, data: FakeData, config: FakeConfig, quick: bool = False) -> Metrics:
    if config.mood == "pondering":
        time.sleep(1_000)
    metrics = Metrics()
    metrics.add("answer", model.weight.sum().item(), 42)
    return metrics


FAKE = Recipe("fake", FakeConfig, build, FakeData, FakeTask, evaluate, "answer")
