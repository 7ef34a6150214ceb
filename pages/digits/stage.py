"""What the sections of this tab share: the chosen game, the digit at hand, the pins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.app.network_choice import ChosenNetwork, NetworkChoice
from pages.app.networks import Network

TAB = "digits"
SHIPPED = ("digits", "digits-mlp")
FIRST = "digits"
JUDGE = "digits-judge"
PINS = "ABC"


@dataclass
class Stage(ChosenNetwork):
    """The components that more than one section reads or changes."""

    # The digit at hand: its latent, as a list of numbers, and the class asked of the generator,
    # which a network that was not told of labels does not heed.
    latent: gr.State
    digit: gr.Radio
    # What was pinned: {"A": {"latent": [...], "digit": 3}, ...}, each until it is pinned anew.
    pins: gr.State
    # The event of the first digit coming to hand; set by the section that draws it.
    begun: Callable[..., Any] | None = None
    # Shows the digit at hand after an event that took another; set by the section that shows it.
    show_after: Callable[[Callable[..., Any]], Any] | None = None

    def refresh(
        self, lab: Lab, handler: Callable[..., Any], inputs: list[Any], outputs: list[Any]
    ) -> None:
        """Run a handler when the first digit is there, and at another network or language."""
        if self.begun is not None:
            lab.on(self.begun, handler, inputs, outputs, trigger_mode="always_last")
        super().refresh(lab, handler, inputs, outputs)


SHELF = NetworkChoice(TAB, SHIPPED, FIRST)
available, first_of = SHELF.available, SHELF.first_of
network_of, network_name = SHELF.network_of, SHELF.name_of


def judge_of(lab: Lab) -> Network:
    """The classifier that names digits. Raises `Problem` where its checkpoint is missing."""
    return lab.network(JUDGE, TAB, "")
