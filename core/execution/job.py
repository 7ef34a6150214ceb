"""One training as seen by whoever started it."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import nn

from core.errors import Problem
from core.training import archive
from core.training.checkpoint import Card
from core.training.config import Config
from core.training.progress import Progress
from core.training.recipe import Recipe

PREVIEWS = 60  # kept of a training at most
PREVIEW_BYTES = 16_000_000

Status = Literal["waiting", "running", "finished", "stopped", "failed"]


class Queue(Protocol):
    """What a job asks of the queue that it stands in."""

    budget: float

    def place(self, job: "Job", /) -> int: ...

    def expected_wait(self, job: "Job", /) -> float | None: ...

    def left(self, job: "Job", /) -> float: ...

    def ring(self) -> None: ...


class Job:
    """A training: its progress, its events so far, and how to control it.

    status: "waiting", "running", "finished", "stopped" or "failed". ending: why it ended,
    "complete", "budget", "stopped", "abandoned" or "failed". error: the `Problem`, if it failed.
    step, total: optimiser steps made, and in the whole run. metrics: (step, seconds, figures) of
    every event; seconds of training. previews: (step, arrays) of some, thinned as they grow in
    number, always with the first and the last. measuring: when it began to measure its network at
    the end, 0 before. steered: whether settings were changed meanwhile. file: a .zip with the
    weights and card of the last two seconds.
    """

    def __init__(self, queue: Queue, recipe: Recipe, config: Any, owner: str, folder: Path):
        self.recipe, self.config, self.owner, self.folder = recipe, config, owner, folder
        self.file = folder / f"{recipe.name}.zip"
        self.status: Status = "waiting"
        self.ending = ""
        self.error: Problem | None = None
        self.step, self.total = 0, 0
        self.metrics: list[tuple[int, float, Mapping[str, float]]] = []
        self.previews: list[tuple[int, Mapping[str, np.ndarray]]] = []
        self.paused = self.steered = False
        self.held = 0.0  # seconds of pauses that are over
        self.device, self.evaluate, self.budget = "auto", True, queue.budget
        # The runner's part.
        self.seen = time.monotonic()
        self.started = self.finished = self.measuring = self.kill_at = 0.0
        self.held_since = 0.0  # when its pause began; 0 while it runs
        self.stopping = False  # its visitor wants it to end
        self.dismissed = False  # so does somebody else, who leads the class
        self.asked = ""  # why it was told to end
        self.said = ""  # by the training: why it ended
        self.problem: Problem | None = None
        self.process: Any = None
        self.pipe: Connection | None = None
        self._queue = queue
        self._over = threading.Event()
        self._sending = threading.Lock()

    @property
    def ended(self) -> bool:
        return self._over.is_set()

    @property
    def place(self) -> int:
        """Its place in the queue, 1 for the next to start, 0 once it runs."""
        return self._queue.place(self)

    @property
    def expected_wait(self) -> float | None:
        """About how many seconds until it starts; None while trainings are closed."""
        return self._queue.expected_wait(self)

    @property
    def elapsed(self) -> float:
        """Seconds since it started, until now or its end, pauses apart."""
        if not self.started:
            return 0.0
        now = self.finished or time.monotonic()
        pause = now - self.held_since if self.held_since else 0.0
        return now - self.started - self.held - pause

    @property
    def remaining(self) -> float | None:
        """Seconds until it ends, by its pace and its budget; None while it waits."""
        if self.status != "running":
            return 0.0 if self.ended else None
        if self.measuring:
            return 0.0
        left = self._queue.left(self)
        if self.metrics:
            step, seconds, _ = self.metrics[-1]
            left = min(left, (self.total - step) * seconds / max(1, step))
        return max(0.0, left)

    @property
    def reach(self) -> int:
        """The step it will have come to by the end of its time, at its pace."""
        if self.status != "running" or not self.metrics:
            return self.step
        step, seconds, _ = self.metrics[-1]
        more = self._queue.left(self) * step / max(1e-3, seconds)
        return min(self.total, step + max(0, int(more)))

    def touch(self) -> None:
        """Say that its visitor is still there.

        One that has heard nothing for the runner's `grace` is ended; the files of an ended one
        are deleted after `keep`.
        """
        self.seen = time.monotonic()

    def stop(self, wait: bool = True) -> None:
        """End it: it is asked to, and killed if it has not obeyed after 0.8 s.

        wait: return only once it has ended.
        """
        self.stopping = True
        self._queue.ring()
        if wait:
            self._over.wait()

    def pause(self, paused: bool) -> None:
        """Hold it, or let it go on; its time stands still, unless others wait for its place."""
        now = time.monotonic()
        if self.held_since:
            self.held += now - self.held_since
        self.paused, self.held_since = paused, now if paused else 0.0
        self.tell("pause", paused)

    def advance(self) -> None:
        """Let a paused one go on to its next event, and hold it again."""
        self.tell("advance", None)

    def send(self, command: Mapping[str, Any]) -> None:
        """Change settings from its next step on, e.g. {"learning_rate": 1e-3}.

        Raises `Problem` ("setting.*") for a setting or value that its recipe does not take.
        """
        config: Config = self.recipe.Config.from_dict({**self.config.to_dict(), **command})
        self.config, self.steered = config, True
        self.tell("send", {name: getattr(config, name) for name in command})

    def load(self, device: str | torch.device = "cpu") -> tuple[nn.Module, Card]:
        """The network as last written, ready for use, and its card.

        Raises `Problem` ("training.none") where nothing is written yet.
        """
        try:
            content = self.file.read_bytes()
        except OSError:
            raise Problem("training.none") from None
        return archive.unpack(content, {self.recipe.name: self.recipe}, device)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; False if it has not after so many seconds."""
        return self._over.wait(seconds)

    # What follows is for the runner.

    def tell(self, *message: Any) -> None:
        """Send the training process a message, if it still listens."""
        with self._sending, suppress(OSError, AttributeError):
            self.pipe.send(message)  # type: ignore[union-attr]

    def receive(self, kind: str, content: Any) -> None:
        """Handle one message of the training process."""
        if kind == "events":
            for progress, seconds in content:
                self._note(progress, seconds)
        elif kind == "measuring":
            self.said, self.measuring = content, time.monotonic()
        elif kind == "ended":
            self.said = content
        elif kind == "problem":
            self.problem = content

    def _note(self, progress: Progress, seconds: float) -> None:
        self.step, self.total = progress.step, progress.total
        self.metrics.append((progress.step, seconds, progress.metrics))
        if progress.preview is None:
            return
        previews = [*self.previews, (progress.step, progress.preview)]
        size = sum(array.nbytes for array in progress.preview.values())
        if len(previews) > max(2, min(PREVIEWS, PREVIEW_BYTES // max(1, size))):
            previews = [*previews[:-1:2], previews[-1]]
        self.previews = previews  # a new list: whoever reads the old one is not disturbed

    def end(self, status: Status, ending: str, error: Problem | None = None) -> None:
        """Note that nothing more will come."""
        self.finished = time.monotonic()
        self.ending, self.error = ending, error
        self.status = status
        self._over.set()
