"""What the sections of this tab share: the chosen game, the digit at hand, the pins."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from core.digits.sample import sample
from core.errors import Problem
from pages.lab import MINE, Lab, Network
from pages.text import text
from pages.widgets.digits import tile

TAB = "digits"
SHIPPED = ("digits", "digits-mlp")
FIRST = "digits"
JUDGE = "digits-judge"
PINS = "ABC"


@dataclass
class Stage:
    """The components that more than one section reads or changes."""

    network: gr.Radio
    # Counts the networks a visitor made, because training anew leaves the choice as it was.
    version: gr.State
    # The digit at hand: its latent, as a list of numbers, and the class asked of the generator,
    # which a network that was not told of labels does not heed.
    latent: gr.State
    digit: gr.Radio
    # What was pinned: {"A": {"latent": [...], "digit": 3}, ...}, each until it is pinned anew.
    pins: gr.State
    # The event of the first digit coming to hand; set by the section that draws it.
    begun: Callable[..., Any] | None = None

    def refresh(
        self, lab: Lab, handler: Callable[..., Any], inputs: list[Any], outputs: list[Any]
    ) -> None:
        """Run a handler when the first digit is there, and at another network or language."""
        events = (self.begun, self.network.change, self.version.change, lab.language.change)
        for event in filter(None, events):
            lab.on(event, handler, inputs, outputs, trigger_mode="always_last")


def available(lab: Lab) -> list[str]:
    """The shipped networks whose checkpoints are whole."""
    missing = lab.missing(SHIPPED, TAB)
    return [name for name in SHIPPED if name not in missing]


def first_of(names: list[str]) -> str:
    """The network chosen when the page opens, among those that are whole."""
    return FIRST if FIRST in names else names[0]


def network_of(lab: Lab, name: str, visitor: str) -> Network:
    """The game chosen in this tab: a shipped one, or the visitor's own."""
    if name not in (*SHIPPED, MINE):
        raise Problem("recipe.unknown", name=str(name)[:60], nearest=FIRST)
    return lab.network(name, TAB, visitor)


def judge_of(lab: Lab) -> Network:
    """The classifier that names digits. Raises `Problem` where its checkpoint is missing."""
    return lab.network(JUDGE, TAB, "")


def network_name(name: str, language: str) -> str:
    return text(f"{TAB}.network.{name}", language)


def pinned(network: Network, pins: dict[str, Any], size: int) -> dict[str, Any]:
    """The pinned digits as tiles, by their letters."""
    kept = [pins[letter] for letter in PINS if letter in pins]
    if not kept:
        return {"tiles": []}
    images = sample(network.model, [pin["latent"] for pin in kept], [pin["digit"] for pin in kept])
    tiles = [tile(image, title=letter) for letter, image in zip(PINS, images, strict=False)]
    return {"size": size, "tiles": tiles}
