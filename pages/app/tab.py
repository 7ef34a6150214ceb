"""What a tab of the lab is, and how its sections are laid out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.text import LANGUAGES, strings


def nothing(lab: Lab) -> None:
    """The default of the optional parts of a tab."""


@dataclass(frozen=True)
class Tab:
    """A tab of the lab.

    name: in addresses and in the keys of its strings. build: lays out the tab and connects its
    events. warm: computes what the tab shows first. preload: computes what takes seconds and is
    needed later. Both run in the background after the start of the server, and may raise `Problem`.

    Raises TypeError for a part that is no function of the lab, ValueError for a tab whose name has
    no string in some language.
    """

    name: str
    build: Callable[[Lab], None]
    warm: Callable[[Lab], None] = nothing
    preload: Callable[[Lab], None] = nothing

    def __post_init__(self) -> None:
        for part in ("build", "warm", "preload"):
            function = getattr(self, part)
            if not callable(function) or len(inspect.signature(function).parameters) != 1:
                raise TypeError(f"The tab {self.name!r}: {part} must be a function of the lab")
        for language in LANGUAGES:
            if f"{self.name}.name" not in strings(language):
                raise ValueError(
                    f"The tab {self.name!r} has no string {self.name}.name: {language}"
                )


def check_tabs(tabs: Any) -> None:
    """Raise TypeError for anything but tabs, ValueError for two of the same name."""
    for tab in tabs:
        if not isinstance(tab, Tab):
            raise TypeError(f"{getattr(tab, '__name__', tab)!r} is no Tab; see pages/app/tab.py")
    names = [tab.name for tab in tabs]
    if len({*names}) < len(names):
        raise ValueError(f"Two tabs have the same name: {names}")


@contextmanager
def sections(lab: Lab, prefix: str, within: str = "") -> Iterator[Callable[[str], gr.Tab]]:
    """Lay out sections side by side; links name the one that is open.

    with sections(lab, "digits.section") as section:
        with section("walk") as place:
            walk.build(lab, place)

    prefix: of the keys of their names. within: the section that these are parts of.
    """
    with gr.Tabs(overflow_behavior="wrap") as tabs:

        def section(name: str) -> gr.Tab:
            lab.links.add_section(name, tabs, within)
            return lab.translate(gr.Tab(id=name), label=f"{prefix}.{name}")

        yield section


def build_sections(
    lab: Lab, prefix: str, builders: Mapping[str, Callable[..., None]], *given: Any
) -> None:
    """Lay out a section of each name by `builder(lab, *given, place)`; see `sections`."""
    with sections(lab, prefix) as section:
        for name, builder in builders.items():
            with section(name) as place:
                builder(lab, *given, place)
