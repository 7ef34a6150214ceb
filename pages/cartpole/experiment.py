"""Several trainings in sequence, one for each variant and seed, and their combined results.

An experiment submits its next training after the last has ended, while a page polls it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.cartpole.config import QConfig
from core.cartpole.observe import WINDOW, first_solved_step, moving_mean_at
from core.errors import Problem
from core.execution.job import Job
from core.recipes import find
from core.training.recipe import Recipe
from pages.app.lab import Lab
from pages.cartpole.shared import SHIPPED, TAB

OWNER = f"{TAB}-variants"
GRID = 120  # points of a curve
# What differs between the runs: the recipe, or one setting of plain DQN.
FACTORS: dict[str, Sequence[Any]] = {
    "recipe": SHIPPED,
    "target": ("copied", "averaged", "off"),
    "n_step": (1, 3, 5, 10),
    "gamma": (0.8, 0.95, 0.99, 0.995),
    "learning_rate": (1e-4, 1e-3, 1e-2),
    "width": (16, 64, 128, 256),
}


def owner(visitor: str) -> str:
    """The owner of the trainings; a visitor has one experiment."""
    return f"{OWNER} {visitor}"


@dataclass
class Trial:
    """One training of an experiment. returns, ends (E,): of its episodes, and their last steps."""

    variant: Any
    recipe: Recipe
    config: QConfig
    returns: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ends: np.ndarray = field(default_factory=lambda: np.zeros(0))
    reached: int = 0  # the last known step
    seconds: float = 0.0
    over: bool = False  # ended without being stopped
    error: Problem | None = None

    @property
    def learnt(self) -> int | None:
        """The step at which the mean of 20 returns first reaches 475, or None."""
        return first_solved_step(self.returns, self.ends)

    @property
    def final(self) -> float:
        """The mean of its last 20 returns."""
        return float(self.returns[-WINDOW:].mean()) if len(self.returns) else 0.0

    def curve(self, grid: np.ndarray) -> np.ndarray:
        """The moving mean of its returns at these steps, nan after the last known step."""
        return np.where(grid <= self.reached, moving_mean_at(self.returns, self.ends, grid), np.nan)

    def note(self, job: Job) -> None:
        """Copy the results of the job so far."""
        if job.previews:
            preview = job.previews[-1][1]
            self.returns, self.ends = preview["returns"], preview["ends"]
            self.reached = job.previews[-1][0]
        if job.ended:
            self.seconds, self.error = job.elapsed, job.error
            self.over = job.ending in ("complete", "budget", "failed")


@dataclass
class Result:
    """The results of the finished runs of one variant.

    mean, low, high (G,): of the moving mean over the runs, at each step of `Experiment.grid`; nan
    where a run has no value. learnt: steps to a mean of 475, sorted, of the runs that reached it.
    finals: the mean of the last 20 returns of each run.
    """

    runs: int
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    learnt: list[int]
    finals: list[float]

    @property
    def median(self) -> float:
        """The median step at which runs reach 475; infinite where less than half do."""
        at = (self.runs - 1) // 2
        return self.learnt[at] if at < len(self.learnt) else float("inf")


class Experiment:
    """A run for every variant and seed, ordered by seed."""

    def __init__(self, factor: str, variants: Sequence[Any], seeds: int, steps: int):
        self.factor, self.variants, self.seeds, self.steps = factor, list(variants), seeds, steps
        self.trials = [
            make_trial(factor, variant, seed, steps)
            for seed in range(seeds)
            for variant in variants
        ]
        self.grid = np.linspace(0, steps, GRID + 1)
        self.at = -1  # index of the current or last trial
        self.job: Job | None = None
        self.stopped = False
        self._lock = threading.Lock()

    @property
    def going(self) -> bool:
        """Whether a trial is running or still to run."""
        return not (self.stopped or (self.at == len(self.trials) - 1 and self._ended))

    @property
    def done(self) -> int:
        return sum(trial.over for trial in self.trials)

    @property
    def _ended(self) -> bool:
        return self.job is None or self.job.ended

    def advance(self, lab: Lab, visitor: str) -> bool:
        """Read the current job and submit the next where it has ended; False when all have.

        Raises `Problem` where the next cannot be submitted, and stops.
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
        """Stop the current job; finished results stay."""
        self.stopped = True
        if self.job is not None:
            self.job.stop()

    @property
    def remaining(self) -> float | None:
        """Estimated seconds to the end; None while unknown."""
        known = [trial.seconds for trial in self.trials if trial.over]
        if self.job is not None and not self.job.ended and self.job.metrics:
            known.append(self.job.elapsed + (self.job.remaining or 0.0))
        if not known or self.job is None:
            return None
        now = 0.0 if self.job.ended else self.job.remaining
        now = float(np.mean(known)) if now is None else now
        return now + (len(self.trials) - 1 - self.at) * float(np.mean(known))

    def result(self, variant: Any) -> Result | None:
        """The results of the finished runs of a variant, or None."""
        runs = [trial for trial in self.trials if trial.variant == variant and trial.over]
        if not runs:
            return None
        stack = np.stack([run.curve(self.grid) for run in runs])
        learnt = sorted(run.learnt for run in runs if run.learnt is not None)
        finals = [run.final for run in runs]
        return Result(len(runs), stack.mean(0), stack.min(0), stack.max(0), learnt, finals)

    def unfinished(self) -> Trial | None:
        """The trial that is running or was stopped, if it has returns."""
        trial = self.trials[self.at] if self.at >= 0 else None
        return trial if trial and not trial.over and len(trial.returns) else None


def make_trial(factor: str, variant: Any, seed: int, steps: int) -> Trial:
    """A trial that has not started. Raises `Problem` ("setting.*")."""
    recipe = find(variant if factor == "recipe" else SHIPPED[0])
    changes = {} if factor == "recipe" else {factor: variant}
    config = recipe.Config.from_dict({"seed": seed, "steps": steps} | changes)
    assert isinstance(config, QConfig)
    return Trial(variant, recipe, config)
