"""One training of a recipe: its model, its data and its card; and one that a folder keeps."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import Problem
from core.training import checkpoint
from core.training.checkpoint import Card
from core.training.metrics import Metrics
from core.training.progress import Progress, Training
from core.training.recipe import Recipe

SAVE_SECONDS = 120  # between two savings


class Session:
    """A recipe's training on one device.

    commands: what was typed to make it, for the card. seconds: of training, pauses apart. state:
    what resuming needs, see `core.training.loop.run`. progress: the last event.
    """

    def __init__(self, recipe: Recipe, config: Any, device: torch.device):
        self.recipe, self.config, self.device = recipe, config, device
        self.data = recipe.data()
        self.model: nn.Module = recipe.build(config).to(device)
        self.commands: list[str] = []
        self.seconds = 0.0
        self.state: dict[str, Any] = {}
        self.progress: Progress | None = None

    def events(self) -> Training:
        """Train; pass on the events, and to the training the settings that are sent."""
        training = self.recipe.train(self.model, self.data, self.config, self.state)
        command = None
        while True:
            start = time.monotonic()
            try:
                self.progress = training.send(command)
            except StopIteration:
                return
            self.seconds += time.monotonic() - start
            command = yield self.progress
            if command:
                changes = ", ".join(f"{name} = {value}" for name, value in command.items())
                self.commands.append(f"at step {self.progress.step}: {changes}")

    def card(self) -> Card:
        """The card of the network as it is now, without figures."""
        assert self.progress is not None, "nothing is trained yet"
        return self.recipe.card(
            self.config,
            self.data,
            self.progress,
            commands=list(self.commands),
            seconds=round(self.seconds, 1),
            device=self.device.type,
        )

    def evaluate(self, quick: bool = False) -> Metrics:
        """Measure the network. Raises `Problem` ("data.no_test") without a test set."""
        return self.recipe.evaluate(self.model.eval(), self.data, self.config, quick=quick)


class Run(Session):
    """A training whose network, card and resumable state are kept in a folder of checkpoints."""

    def __init__(self, recipe: Recipe, config: Any, folder: Path, device: torch.device):
        super().__init__(recipe, config, device)
        self.folder = folder
        self._saved: Card | None = None

    @classmethod
    def resumed(cls, recipe: Recipe, folder: Path, device: torch.device) -> "Run":
        """The unfinished training of a recipe in a folder. Raises `Problem` if there is none."""
        path = state_path(folder, recipe.name)
        if not path.is_file():
            raise Problem("checkpoint.resume", name=recipe.name, folder=folder)
        card = checkpoint.read_card(folder, recipe.name)
        run = cls(recipe, recipe.Config.from_dict(card.config), folder, device)
        if run.data.source != card.data:
            found = run.data.source
            raise Problem("checkpoint.data", name=recipe.name, expected=card.data, found=found)
        # The state holds the weights as well: were they read from the checkpoint beside it, a
        # crash between the two writings would join the weights of one step to another's state.
        kept = checkpoint.read_state(path)
        checkpoint.fill(run.model, kept["model"], recipe.name)
        run.state, run.seconds = kept["training"], kept["seconds"]
        run.commands = list(card.commands)
        return run

    @classmethod
    def begun_from(
        cls, recipe: Recipe, config: Any, folder: Path, device: torch.device, path: Path
    ) -> "Run":
        """A new training that starts from a checkpoint's weights, e.g. checkpoints/translation.

        Its card will list the commands that made those weights too. Raises `Problem`
        ("checkpoint.*") where they are missing or do not fit the network of these settings.
        """
        name = path.name
        card = checkpoint.read_card(path.parent, name)
        weights = checkpoint.read_weights(path.parent, name)
        run = cls(recipe, config, folder, device)
        checkpoint.fill(run.model, checkpoint.parse_weights(weights, name, card), name)
        run.commands = list(card.commands)
        return run

    def train(self, budget: float | None, interrupted: threading.Event) -> Iterator[Progress]:
        """Train to the end, for `budget` seconds or until interrupted; saves now and at last.

        Raises the `Problem` that ended the training, after keeping the last good network.
        """
        start = saved = time.monotonic()
        try:
            for progress in self.events():
                yield progress
                now = time.monotonic()
                if interrupted.is_set() or (budget is not None and now - start >= budget):
                    break
                if now - saved >= SAVE_SECONDS:
                    self._save()
                    saved = time.monotonic()
        except Problem:  # the model is as it was at the last event
            if self.progress is not None:
                self._save()
            raise
        if self.progress is not None:
            self._save()

    def _save(self) -> None:
        """Write weights and card, and the state while the training is unfinished."""
        card = self.card()
        self._saved = checkpoint.write(self.folder, self.recipe.name, self.model, card)
        path = state_path(self.folder, self.recipe.name)
        if card.steps < card.total:
            kept = {"model": self.model.state_dict(), "training": self.state}
            checkpoint.write_state(path, kept | {"seconds": self.seconds})
        else:
            path.unlink(missing_ok=True)

    def measure(self) -> Metrics:
        """The figures of the network, which its card then holds too.

        Raises `Problem` ("data.no_test") where the data have no test set.
        """
        assert self._saved is not None, "nothing is trained yet"
        metrics = self.evaluate()
        card = replace(
            self._saved, metrics=metrics.values, samples=metrics.samples, notes=metrics.notes
        )
        self._saved = checkpoint.write(self.folder, self.recipe.name, self.model, card)
        return metrics


def state_path(folder: Path, name: str) -> Path:
    """Where what resuming a training needs is kept."""
    return folder / f"{name}.state.safetensors"
