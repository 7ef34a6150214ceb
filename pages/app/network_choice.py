"""The choice between the shipped networks of a tab and the visitor's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from core.errors import Problem
from pages.app.lab import Lab
from pages.app.networks import MINE, Network
from pages.text import DEFAULT, explain, text


@dataclass(frozen=True)
class NetworkChoice:
    """The networks of a tab. names: the recipes it ships; first: the one chosen at the start."""

    tab: str
    names: Sequence[str]
    first: str

    def available(self, lab: Lab) -> list[str]:
        """The shipped networks whose checkpoints are whole."""
        missing = lab.networks.missing(self.names)
        return [name for name in self.names if name not in missing]

    def first_of(self, names: Sequence[str]) -> str:
        """The network chosen when the page opens, among those that are whole."""
        return self.first if self.first in names else names[0]

    def first_available(self, lab: Lab) -> str | None:
        """The network chosen when the page opens; None where no checkpoint is whole."""
        whole = self.available(lab)
        return self.first_of(whole) if whole else None

    def network_of(self, lab: Lab, name: Any, visitor: str) -> Network:
        """The network chosen in this tab: a shipped one, or the visitor's own."""
        if name not in (*self.names, MINE):
            raise Problem("recipe.unknown", name=str(name)[:60], nearest=self.first)
        return lab.networks.get(name, self.tab, visitor)

    def name_of(self, name: str, language: str) -> str:
        """What the page calls a network."""
        return text(f"{self.tab}.network.{name}", language)

    def build(self, lab: Lab, needs: Sequence[str] = ()) -> gr.Radio | None:
        """Lay out the tab's introduction, what is missing, and the choice.

        needs: other networks that the tab needs. None without one of these, or
        without any network.
        """
        lab.translate(gr.Markdown(elem_classes="lead"), value=f"{self.tab}.intro")
        missing = lab.networks.missing((*self.names, *needs))
        if missing:
            notice = gr.Markdown(elem_classes="notice")
            lab.translate(
                notice,
                value=lambda language: "\n\n".join(explain(p, language) for p in missing.values()),
            )
        whole = [name for name in self.names if name not in missing]
        if not whole or any(name in missing for name in needs):
            return None
        choice = lab.translate(
            gr.Radio(
                [(self.name_of(name, DEFAULT), name) for name in whole],
                value=self.first_of(whole),
                interactive=True,
            ),
            label=f"{self.tab}.network_label",
        )
        return lab.links.add("network", choice)


@dataclass
class ChosenNetwork:
    """The chosen network, which every section of a tab follows."""

    network: gr.Radio
    # Counts the networks a visitor made, because training anew leaves the choice as it was.
    version: gr.State

    def changes(self, lab: Lab) -> list[Callable[..., Any]]:
        """The events of another network or another language being chosen."""
        return [self.network.change, self.version.change, lab.events.language_switched]

    def refresh(self, lab: Lab, handler: Callable[..., Any], inputs: Any, outputs: Any) -> None:
        """Run a handler at each of `changes`."""
        lab.events.on(self.changes(lab), handler, inputs, outputs)
