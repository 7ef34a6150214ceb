"""Where each word looks: cross-attention and both self-attentions, every layer and head.

The visitor learns that a French word looks back at the English words that it translates, that heads
divide the work, and what the masks forbid them to see.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.translation.decode import Translation
from pages.lab import Lab
from pages.translation import masks, notes
from pages.translation.stage import Stage, subject_of
from pages.widgets import pack
from pages.widgets.attention import attention


def open_section(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Show the sentence at hand, and follow it from now on."""
    return [True, *look(lab, at_hand, visitor, language)]


def look_again(lab: Lab, opened: bool, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Follow the sentence and the language, if the section was ever opened."""
    return look(lab, at_hand, visitor, language) if opened else [gr.skip()] * 3


def look(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Every attention of the sentence at hand, what to look for in it, and its masks."""
    if not at_hand:
        return [{}, "", ""]
    subject = subject_of(lab, at_hand, visitor)
    seen = subject.inspect()
    return [laid_out(seen), notes.sentences(seen, language), masks.draw(subject, language)]


def laid_out(seen: Translation) -> dict[str, Any]:
    """A translation's attention as the view takes it."""
    layers, heads = seen.cross.shape[:2]
    return {
        "source": seen.source_pieces,
        "target": seen.target_pieces,
        "input": ["<s>", *seen.target_pieces][: len(seen.target_pieces)],
        "layers": layers,
        "heads": heads,
        "encoder": pack(seen.encoder),
        "decoder": pack(seen.decoder),
        "cross": pack(seen.cross),
    }


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The view; below, what to look for, and the masks."""
    view = lab.say(attention(value={}), words="translation.attention")
    lab.say(gr.Markdown(elem_classes="subtitle"), value="translation.look_for")
    said = gr.Markdown(elem_classes="notes")
    with lab.say(gr.Accordion(open=False), label="translation.masks.title"):
        lab.say(gr.Markdown(elem_classes="hint"), value="translation.masks.hint")
        drawn = gr.HTML()

    opened = gr.State(False)
    outputs = [view, said, drawn]
    lab.on(place.select, open_section, [stage.current], [opened, *outputs])
    # It is the first section, in sight without being chosen.
    lab.on(lab.opened, lambda *_: True, [], [opened])
    stage.refresh(lab, look_again, [opened, stage.current], outputs)
