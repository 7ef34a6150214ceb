"""The settings of the digit classifier."""

from dataclasses import dataclass

from core.training.config import Config, setting


@dataclass(frozen=True)
class ClassifierConfig(Config):
    """A small classifier (`digits-judge`).

    learning_rate: its peak; it rises, then falls to zero over the run.
    """

    epochs: int = setting(14, 1, 1_000, live=2)
    batch_size: int = setting(128, 16, 4_096)
    learning_rate: float = setting(2e-3, 1e-5, 1e-1, log=True)
    weight_decay: float = setting(0.02, 0.0, 1.0)
    width: int = setting(24, 4, 256)
