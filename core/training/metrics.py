"""Figures measured of a network, each with the number of examples behind it."""

from dataclasses import dataclass, field


@dataclass
class Metrics:
    """values: figures by name; samples: how many examples each was measured on.

    notes: what else must be known of a figure to compare it, e.g. a score's signature.
    """

    values: dict[str, float] = field(default_factory=dict)
    samples: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, value: float, samples: int) -> None:
        self.values[name] = float(value)
        self.samples[name] = samples
