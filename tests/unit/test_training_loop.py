"""The training loop on a network of one number: when it reports, resumes, obeys and gives up."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import Problem
from core.training.batches import ShuffledBatches
from core.training.config import Config, setting
from core.training.loop import Means, Pace, Preview, Task, run
from tests.trainings import EVERY_STEP


@dataclass(frozen=True)
class CountingConfig(Config):
    amount: float = setting(1.0, 0.0, 100.0)


class Clock:
    """A clock on which each step takes a second and each preview two."""

    def __init__(self):
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Counting(Task[nn.Linear]):
    """Adds `amount` to the only weight at each step."""

    def __init__(self, total: int = 20, clock: Clock | None = None):
        self.model = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.model.weight)
        self.config: Any = CountingConfig()
        self.total, self.clock = total, clock or Clock()
        self.generator = torch.Generator().manual_seed(0)
        self.stateful = {"generator": self.generator}
        self.means = Means("drawn")
        self.modes: list[bool] = []  # whether it was training at each step

    def optimise(self) -> None:
        self.modes.append(self.model.training)
        self.means.add(torch.rand((), generator=self.generator))
        with torch.no_grad():
            self.model.weight += self.config.amount
        self.step += 1
        self.clock.time += 1

    def metrics(self, seconds: float) -> dict[str, float]:
        return {**self.means.take(), "seconds": seconds}

    def preview(self) -> tuple[dict[str, float], Preview]:
        assert not self.model.training
        self.clock.time += 2
        return {"weight": self.weight}, {"weight": np.array([self.weight])}

    @property
    def weight(self) -> float:
        return self.model.weight.item()


def test_events_come_at_their_pace_and_at_the_end():
    clock = Clock()
    task = Counting(20, clock)
    events = list(run(task, pace=Pace(seconds=5, preview_share=0.2, now=clock)))
    assert [event.step for event in events] == [1, 6, 11, 16, 20]
    # A preview of two seconds may come again after ten, and comes at the end.
    assert [event.preview is not None for event in events] == [True, False, True, False, True]
    assert [event.metrics["weight"] for event in events] == [1, 1, 11, 11, 20]
    assert [event.metrics["seconds"] for event in events] == [1, 5, 5, 5, 4]
    assert all(task.modes), "a preview leaves the network in training"


def test_nothing_is_reported_before_the_task_is_ready():
    class Late(Counting):
        @property
        def ready(self) -> bool:
            return self.step > 3

    steps = [event.step for event in run(Late(6), pace=EVERY_STEP)]
    assert steps == [4, 5, 6]
    assert [event.step for event in run(Late(2), pace=EVERY_STEP)] == [2], "the end always is"


def test_settings_that_are_sent_hold_from_the_next_step():
    task = Counting()
    events = run(task, pace=EVERY_STEP)
    next(events)
    assert events.send({"amount": 10.0}).metrics["weight"] == 11
    with pytest.raises(Problem) as caught:
        events.send({"amount": -1.0})
    assert caught.value.key == "setting.range"


def test_a_training_resumes_where_it_was_left():
    whole = [event.metrics["drawn"] for event in run(Counting(6), pace=EVERY_STEP)]
    task, state = Counting(6), {}
    events = run(task, state, EVERY_STEP)
    begun = [next(events).metrics["drawn"] for _ in range(2)]
    again = Counting(6)
    again.model.load_state_dict(task.model.state_dict())
    rest = [event.metrics["drawn"] for event in run(again, state, EVERY_STEP)]
    assert begun + rest == whole
    assert again.weight == 6


@pytest.mark.parametrize("wrong", ["a weight", "a metric"])
def test_divergence_restores_the_network_of_the_last_event(wrong: str):
    task = Counting()
    events = run(task, pace=EVERY_STEP)
    next(events)
    if wrong == "a weight":
        nn.init.constant_(task.model.weight, math.inf)
    else:
        task.means.add(torch.tensor(math.nan))
    with pytest.raises(Problem) as caught:
        next(events)
    assert caught.value.key == "training.diverged"
    assert caught.value.values["step"] == 2
    assert task.weight == 1


def test_a_limited_pace_waits_for_the_clock(monkeypatch: pytest.MonkeyPatch):
    class Slow(Counting):
        steps_per_second = 0.25  # type: ignore[assignment]

    waits: list[float] = []
    monkeypatch.setattr("core.training.loop.time.sleep", waits.append)
    clock = Clock()
    list(run(Slow(3, clock), pace=Pace(now=clock)))
    assert waits == [3.0, 3.0, 3.0], "four seconds a step, of which the step itself takes one"


def test_means():
    means = Means("first", "second")
    assert means.take() == {"first": 0.0, "second": 0.0}
    means.add(torch.tensor(1.0), torch.tensor(10.0))
    means.add(torch.tensor(2.0), torch.tensor(20.0))
    assert means.take() == {"first": 1.5, "second": 15.0}
    assert means.take() == {"first": 0.0, "second": 0.0}


def test_each_epoch_has_an_order_of_its_own():
    batches = ShuffledBatches(7, 3, torch.Generator().manual_seed(0))
    assert (batches.batch_size, batches.per_epoch) == (3, 2)
    epochs = [torch.cat([batches.next(), batches.next()]).tolist() for _ in range(4)]
    for epoch in epochs:
        assert len(set(epoch)) == 6
        assert set(epoch) <= set(range(7))
    assert len({tuple(epoch) for epoch in epochs}) == 4
    few = ShuffledBatches(2, 100, torch.Generator())
    assert (few.batch_size, few.per_epoch) == (2, 1)


def test_batches_resume_in_the_midst_of_an_epoch():
    batches = ShuffledBatches(7, 3, torch.Generator().manual_seed(0))
    batches.next()
    again = ShuffledBatches(7, 3, torch.Generator().manual_seed(1))
    again.generator.set_state(batches.generator.get_state())
    again.load_state_dict(batches.state_dict())
    assert [again.next().tolist() for _ in range(4)] == [batches.next().tolist() for _ in range(4)]
