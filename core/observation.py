"""A fact worth saying of a network or a run; the page puts it into words."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Observation:
    """key: names a sentence, "observe.*"; values: what fills it, all plain numbers or text."""

    key: str
    values: Mapping[str, float | int | str]
