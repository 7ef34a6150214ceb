"""Where each word looks: cross-attention and both self-attentions, every layer and head.

The visitor learns that a French word looks back at the English words that it translates, that heads
divide the work, and what the masks forbid them to see.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.translation.decode import Translation
from pages.app.lab import Lab
from pages.translation import masks, notes
from pages.translation.stage import Stage, subject_of
from pages.widgets import pack
from pages.widgets.attention import attention


def look(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[Any]:
    """Every attention of the sentence at hand, what to look for in it, and its masks."""
    if not at_hand:
        return [{}, "", ""]
    subject = subject_of(lab, at_hand, visitor)
    seen = subject.inspect()
    return [laid_out(seen), notes.sentences(seen, language), masks.draw(seen, language)]


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


def build(lab: Lab, stage: Stage) -> None:
    """The view; below, what to look for, and the masks."""
    view = lab.say(attention(value={}), words="translation.attention")
    lab.say(gr.Markdown(elem_classes="subtitle"), value="translation.look_for")
    said = gr.Markdown(elem_classes="notes")
    with lab.say(gr.Accordion(open=False), label="translation.masks.title"):
        lab.say(gr.Markdown(elem_classes="hint"), value="translation.masks.hint")
        drawn = gr.HTML()

    # It is the first section, in sight without being chosen.
    stage.follow(lab, gr.State(True), look, [stage.current], [view, said, drawn])
