"""Trainings of the recipe that trains nothing, as the runner's tests begin them."""

import math

from core.execution.job import Job
from core.execution.runner import Runner
from core.training.loop import Pace
from tests.fakes import FAKE, FakeConfig
from tests.waiting import until

ENDLESS = 1_000_000  # steps
EVERY_STEP = Pace(seconds=0.0, preview_share=math.inf)  # an event with a preview at every step


def submit(runner: Runner, mood: str = "calm", steps: int = ENDLESS, owner: str = "ann") -> Job:
    """Queue one of this recipe."""
    return runner.submit(FAKE, FakeConfig(steps=steps, mood=mood), owner, device="cpu")


def process(job: Job) -> float:
    """Its number, once it runs."""
    until(lambda: job.metrics)
    return job.metrics[0][2]["process"]
