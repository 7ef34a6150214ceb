"""The event that every training loop yields, and what may be sent back to it."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Settings to change from the next step on, by the name they have in the Config.
Command = Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """One look into a running training, taken just after an optimiser step.

    step: optimiser steps made; total: steps in the whole run. metrics: live figures by name, e.g.
    {"train_loss": 0.031}. preview: arrays to draw, detached from the network and never drawn with
    the training's own random numbers; None where this event carries none.
    """

    step: int
    total: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    preview: Mapping[str, np.ndarray] | None = None


# What `Recipe.train` returns: pull to go on, stop pulling to pause, send to
# steer. Abandoning it at any event leaves the model usable.
Training = Generator[Progress, Command | None, None]
