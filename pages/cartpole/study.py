"""Several trainings one after another, and what they come to: variants over seeds.

A study submits its next training when the last one has ended, as long as somebody watches it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.cartpole.config import QConfig
from core.cartpole.curves import at_steps, first_learnt
from core.cartpole.observe import WINDOW
from core.errors import Problem
from core.job import Job
from core.recipes import Recipe, find
from pages.app.lab import Lab
from pages.cartpole.stage import SHIPPED, TAB

OWNER = f"{TAB}-variants"
GRID = 120  # points of a curve
# What may differ between the runs: recipes, or one setting of the plain one.
FACTORS: dict[str, Sequence[Any]] = {
    "recipe": SHIPPED,
    "target": ("copied", "averaged", "off"),
    "n_step": (1, 3, 5, 10),
    "gamma": (0.8, 0.95, 0.99, 0.995),
    "learning_rate": (1e-4, 1e-3, 1e-2),
    "width": (16, 64, 128, 256),
}


def owner(visitor: str) -> str:
    """Whose trainings they are: a visitor has one study."""
    return f"{OWNER} {visitor}"


@dataclass
class Trial:
    """One training of a study. returns, ends (E,): of its episodes, and when they ended."""

    variant: Any
    recipe: Recipe
    config: QConfig
    returns: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ends: np.ndarray = field(default_factory=lambda: np.zeros(0))
    reached: int = 0  # the step it came to
    seconds: float = 0.0
    over: bool = False  # it ended by itself; one that was stopped does not count
    error: Problem | None = None

    @property
    def learnt(self) -> int | None:
        """The step at which the mean of 20 returns first reached 475, if it did."""
        return first_learnt(self.returns, self.ends)

    @property
    def final(self) -> float:
        """The mean of its last 20 returns."""
        return float(self.returns[-WINDOW:].mean()) if len(self.returns) else 0.0

    def curve(self, grid: np.ndarray) -> np.ndarray:
        """The moving mean of its returns at these steps, nan beyond where it came to."""
        return np.where(grid <= self.reached, at_steps(self.returns, self.ends, grid), np.nan)

    def note(self, job: Job) -> None:
        """Take over what the training has told so far."""
        if job.previews:
            preview = job.previews[-1][1]
            self.returns, self.ends = preview["returns"], preview["ends"]
            self.reached = job.previews[-1][0]
        if job.ended:
            self.seconds, self.error = job.elapsed, job.error
            self.over = job.ending in ("complete", "budget", "failed")


@dataclass
class Result:
    """What the finished runs of one variant came to.

    mean, low, high (G,): of the moving mean at each step of `Study.grid`, over the runs, as far as
    all of them tell. learnt: steps to a mean of 475, of the runs that got there,
    sorted. finals: mean of the last 20 returns of each run.
    """

    runs: int
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    learnt: list[int]
    finals: list[float]

    @property
    def median(self) -> float:
        """The step at which half of the runs had learnt; infinite where fewer did."""
        at = (self.runs - 1) // 2
        return self.learnt[at] if at < len(self.learnt) else float("inf")


class Study:
    """Every variant with every seed; all variants with the first seed first."""

    def __init__(self, factor: str, variants: Sequence[Any], seeds: int, steps: int):
        self.factor, self.variants, self.seeds, self.steps = factor, list(variants), seeds, steps
        self.trials = [
            make_trial(factor, variant, seed, steps)
            for seed in range(seeds)
            for variant in variants
        ]
        self.grid = np.linspace(0, steps, GRID + 1)
        self.at = -1  # the trial that runs, or ran last
        self.job: Job | None = None
        self.stopped = False
        self._lock = threading.Lock()

    @property
    def going(self) -> bool:
        """Whether anything is still to come."""
        return not (self.stopped or (self.at == len(self.trials) - 1 and self._ended))

    @property
    def done(self) -> int:
        return sum(trial.over for trial in self.trials)

    @property
    def _ended(self) -> bool:
        return self.job is None or self.job.ended

    def advance(self, lab: Lab, visitor: str) -> bool:
        """Note what was told, begin the next run where one has ended; False when all is over.

        Raises `Problem` where the next one cannot begin; the study ends with it.
        """
        with self._lock:
            if self.job is not None:
                self.job.touch()
                self.trials[self.at].note(self.job)
                if self.job.ended and not self.trials[self.at].over:
                    self.stopped = True
            if self.going and self._ended:
                trial = self.trials[self.at + 1]
                try:
                    self.job = lab.runner.submit(
                        trial.recipe, trial.config, owner(visitor), str(lab.device), evaluate=False
                    )
                except Problem:
                    self.stopped = True
                    raise
                self.at += 1
            return self.going

    def stop(self) -> None:
        """End it; what is done stays."""
        self.stopped = True
        if self.job is not None:
            self.job.stop()

    @property
    def remaining(self) -> float | None:
        """About how many seconds until all is over; None while nobody can tell."""
        known = [trial.seconds for trial in self.trials if trial.over]
        if self.job is not None and not self.job.ended and self.job.metrics:
            known.append(self.job.elapsed + (self.job.remaining or 0.0))
        if not known or self.job is None:
            return None
        now = 0.0 if self.job.ended else self.job.remaining
        now = float(np.mean(known)) if now is None else now
        return now + (len(self.trials) - 1 - self.at) * float(np.mean(known))

    def result(self, variant: Any) -> Result | None:
        """What the runs of a variant that are over came to; None before the first is."""
        runs = [trial for trial in self.trials if trial.variant == variant and trial.over]
        if not runs:
            return None
        stack = np.stack([run.curve(self.grid) for run in runs])
        learnt = sorted(run.learnt for run in runs if run.learnt is not None)
        finals = [run.final for run in runs]
        return Result(len(runs), stack.mean(0), stack.min(0), stack.max(0), learnt, finals)

    def unfinished(self) -> Trial | None:
        """The run that is going on, or that was stopped."""
        trial = self.trials[self.at] if self.at >= 0 else None
        return trial if trial and not trial.over and len(trial.returns) else None


def make_trial(factor: str, variant: Any, seed: int, steps: int) -> Trial:
    """One run, as yet to be done. Raises `Problem` ("setting.*")."""
    recipe = find(variant if factor == "recipe" else SHIPPED[0])
    changes = {} if factor == "recipe" else {factor: variant}
    config = recipe.Config.from_dict({"seed": seed, "steps": steps} | changes)
    assert isinstance(config, QConfig)
    return Trial(variant, recipe, config)
