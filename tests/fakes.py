"""A recipe that trains nothing and misbehaves on request."""

import ctypes
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
from core.training.metrics import Metrics
from core.training.progress import Progress, Training
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


def train(model: nn.Linear, data: FakeData, config: FakeConfig, state=None) -> Training:
    """Add a random number to the weights at each step, and report on the process."""
    state = {} if state is None else state
    generator = torch.Generator().manual_seed(config.seed)
    step = state.get("step", 0)
    if state:
        generator.set_state(state["generator"])
    while step < config.steps:
        if step == 2:
            misbehave(config.mood, model)
        step += 1
        with torch.no_grad():
            model.weight += config.rate * torch.randn(1, generator=generator)
        state |= {"step": step, "generator": generator.get_state()}
        metrics = {
            "weight": model.weight[0, 0].item(),
            "rate": config.rate,
            "process": os.getpid(),
            "niceness": os.nice(0),
            "threads": torch.get_num_threads(),
            "page": float(any(name in sys.modules for name in ("gradio", "pages"))),
            "cuda": float(torch.cuda.is_initialized()),
        }
        preview = {"weight": np.full(3, metrics["weight"], np.float32)}
        command = yield Progress(step, config.steps, metrics, preview)
        if command:
            config = FakeConfig(**config.to_dict() | dict(command))
        if config.mood != "quick":
            time.sleep(0.01)


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


FAKE = Recipe("fake", FakeConfig, build, FakeData, train, evaluate, "answer")
