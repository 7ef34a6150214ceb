"""Where each word looks: cross-attention and both self-attentions, every layer and head.

The visitor learns that a French word looks back at the English words that it translates, that heads
divide the work, and what the masks forbid them to see.
"""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.app.request import Request
from pages.translation.masks import masks_html
from pages.translation.observations import observations
from pages.translation.translated_sentence import SharedInputs, read_state
from pages.widgets import pack
from pages.widgets.attention import attention


def show_attention(request: Request, *, translated: Mapping[str, Any]) -> dict[str, Any]:
    """Every attention of the translated sentence, what to look for in it, and its masks."""
    if not translated:
        return {}
    found = read_state(request, translated).inspect()
    layers, heads = found.cross.shape[:2]
    view = {
        "source": found.source_pieces,
        "target": found.target_pieces,
        "input": ["<s>", *found.target_pieces][: len(found.target_pieces)],
        "layers": layers,
        "heads": heads,
        "encoder": pack(found.encoder),
        "decoder": pack(found.decoder),
        "cross": pack(found.cross),
    }
    return {
        "view": view,
        "notes": observations(found, request.language),
        "masks": masks_html(found, request.language),
    }


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The view; below, what to look for, and the masks."""
    view = lab.translate(attention(value={}), words="translation.attention")
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="translation.look_for")
    notes = gr.Markdown(elem_classes="notes")
    with lab.translate(gr.Accordion(open=False), label="translation.masks.title"):
        lab.translate(gr.Markdown(elem_classes="hint"), value="translation.masks.hint")
        masks = gr.HTML()

    # Without `first_visit`: it is the first section, which is visible when the tab opens.
    lab.events.on(
        shared.sentence_changes(lab),
        show_attention,
        {"translated": shared.translated},
        {"view": view, "notes": notes, "masks": masks},
    )
