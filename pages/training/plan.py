"""What a tab trains, and how its previews look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.training.config import Config
from pages.text import text


@dataclass(frozen=True)
class Plan:
    """What a tab trains.

    settings: by recipe, the names of the settings a visitor may change. offered: by setting, the
    values to choose from where a slider would say too much. curves: by axis, the metrics of one
    chart, each with the number of its colour. overlaid: more of them, drawn only where two
    trainings are compared. show(preview, config, language): a preview's arrays as the values of
    the tab's own views. remark(metrics, config, language): a sentence on where the
    training stands, or "". views: how many of them there are. first: the network chosen when the
    page opens. live: settings that act at once, on a running training too. gives_way: other owners
    (see `owner`) whose training of the same visitor ends when one starts here. groups: settings
    that are folded away, under headings `training.group.*`. steps: the key of what a step is of.
    seconds: that a training may last, unless the visitor says otherwise. trained: the recipe to
    begin with, else the first of `settings`.
    """

    tab: str
    settings: Mapping[str, Sequence[str]]
    offered: Mapping[str, Sequence[Any]]
    curves: Mapping[str, Mapping[str, int]]
    show: Callable[[Mapping[str, np.ndarray] | None, Config | None, str], Sequence[Any]]
    remark: Callable[[Mapping[str, float], Config, str], str]
    views: int
    first: str
    live: Sequence[str] = ()
    gives_way: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: str = "training.step_axis"
    seconds: int = 60
    trained: str = ""
    overlaid: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def compared(self) -> Mapping[str, Mapping[str, int]]:
        """By axis, the metrics in which two trainings are compared."""
        return {**self.overlaid, **self.curves}

    @property
    def trained_first(self) -> str:
        """The recipe that the panel begins with."""
        return self.trained or next(iter(self.settings))

    def fields(self) -> list[str]:
        """Every setting that some recipe of the plan offers, in order of first mention."""
        return list(dict.fromkeys(name for names in self.settings.values() for name in names))

    def name(self, recipe: str, language: str) -> str:
        return text(f"{self.tab}.network.{recipe}", language)

    def owner(self, visitor: str) -> str:
        """Whose training it is: a visitor has one in each tab."""
        return f"{self.tab} {visitor}"
