"""What a tab trains, and how its previews look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.training.config import Config
from pages.app.network_choice import NetworkChoice
from pages.text import text


@dataclass(frozen=True)
class Plan:
    """What a tab trains.

    settings: by recipe, the names of the settings a visitor may change.
    offered: by setting, the values to choose from instead of a slider.
    curves: by axis, the metrics of one chart, each with the number of its colour.
    overlaid: more of them, drawn only where two trainings are compared.
    show(preview, config, language): the values of the tab's own views for a preview's arrays, as a
    sequence or by name like the views; (None, None, language) empties them.
    remark(metrics, config, language): a sentence on the state of the training, or "".
    first: the network chosen when the page opens.
    live: settings that act at once, on a running training too.
    gives_way: other owners (see `owner`) whose training of the same visitor ends when one starts.
    groups: settings that are folded away, under headings `training.group.*`.
    steps: the key of what a step is of.
    seconds: the duration of a training, unless the visitor chooses another.
    trained: the recipe to begin with, else the first of `settings`.
    """

    tab: str
    settings: Mapping[str, Sequence[str]]
    offered: Mapping[str, Sequence[Any]]
    curves: Mapping[str, Mapping[str, int]]
    show: Callable[[Mapping[str, np.ndarray] | None, Config | None, str], Any]
    remark: Callable[[Mapping[str, float], Config, str], str]
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

    @property
    def networks(self) -> NetworkChoice:
        """The networks of the tab."""
        return NetworkChoice(self.tab, list(self.settings), self.first)

    def fields(self) -> list[str]:
        """Every setting of some recipe, in order of first mention."""
        return list(dict.fromkeys(name for names in self.settings.values() for name in names))

    def name(self, recipe: str, language: str) -> str:
        """What the page calls a network."""
        return text(f"{self.tab}.network.{recipe}", language)

    def owner(self, visitor: str) -> str:
        """Whose training it is: a visitor has one in each tab."""
        return f"{self.tab} {visitor}"
