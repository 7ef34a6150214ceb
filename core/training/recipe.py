"""How one network is made, trained and measured."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core.errors import Problem
from core.training import checkpoint
from core.training.checkpoint import Card
from core.training.config import Config
from core.training.loop import Pace, Task, run
from core.training.metrics import Metrics
from core.training.progress import Progress, Training


@dataclass(frozen=True)
class Recipe:
    """How one network is made and measured.

    build(config) gives an untrained model, the same for the same seed. data() gives what `train`
    and `evaluate` take; its `source` says what it is. task(model, data, config) is what the
    training loop runs. evaluate(model, data, config, quick) measures the
    card's figures; quick: those that take seconds. headline: the figure to name first.
    """

    name: str
    Config: type[Config]
    build: Callable[[Any], nn.Module]
    data: Callable[[], Any]
    task: Callable[[Any, Any, Any], Task]
    evaluate: Callable[..., Metrics]
    headline: str

    def train(
        self,
        model: nn.Module,
        data: Any,
        config: Any,
        state: dict[str, Any] | None = None,
        pace: Pace | None = None,
    ) -> Training:
        """Train a model in place; see `core.training.loop.run`."""
        return run(self.task(model, data, config), state, pace)

    def load(
        self, folder: Path = checkpoint.FOLDER, device: str | torch.device = "cpu"
    ) -> tuple[nn.Module, Card]:
        """This recipe's network as trained in a folder, ready for use, and its card.

        Raises `Problem` ("checkpoint.*") where it is missing, damaged or another recipe's.
        """
        card = checkpoint.read_card(folder, self.name)
        return self.rebuild(card, checkpoint.read_weights(folder, self.name), device), card

    def rebuild(self, card: Card, weights: bytes, device: str | torch.device = "cpu") -> nn.Module:
        """The network that a card and the bytes of its weights file describe, ready for use.

        Both may come from a stranger: the settings must lie within their bounds, and the weights
        must be the card's, fit and be finite. Raises `Problem` otherwise.
        """
        if card.recipe != self.name:
            raise Problem("checkpoint.recipe", found=card.recipe[:60], expected=self.name)
        tensors = checkpoint.parse_weights(weights, self.name, card)
        model = self.build(self.Config.from_dict(card.config))
        checkpoint.fill(model, tensors, self.name)
        return model.to(device).eval()

    def card(self, config: Any, data: Any, progress: Progress, **more: Any) -> Card:
        """The card of a network of this recipe after `progress`; more: its other entries."""
        return Card(
            recipe=self.name,
            config=config.to_dict(),
            seed=config.seed,
            steps=progress.step,
            total=progress.total,
            data=data.source,
            **more,
        )

    def command(self, flags: Mapping[str, object]) -> str:
        """What to type to train this recipe with flags such as {"learning_rate": 0.001}.

        A flag whose value is True takes none, e.g. {"resume": True}.
        """
        words = ["python", "-m", "core", "train", self.name]
        for name, value in flags.items():
            words.append("--" + name.replace("_", "-"))
            words += [] if value is True else [str(value)]
        return shlex.join(words)
