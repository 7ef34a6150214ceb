"""A short lesson: the formulas, the source that runs, what to look for in the sentence at hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.nn import attention, positional, schedules
from core.translation import beam, model, train
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import figures, findings, lesson_beside_sources
from pages.app.request import Request
from pages.translation.observations import observations
from pages.translation.translated_sentence import SharedInputs, read_state

SOURCES: dict[str, Sequence[Any]] = {
    "attention": (attention.attention_weights, attention.MultiHeadAttention),
    "layer": (model.Layer, model.EncoderLayer, positional.positional_encoding),
    "decoder": (model.DecoderLayer, model.Transformer.decode),
    "training": (train.objective, schedules.linear_warmup_linear),
    "beam": (beam.length_penalty, beam.Beam.advance),
}
# The figures of a card in the order of the page, and how their numbers are written.
FIGURES = {
    "bleu_test_2016_flickr": ".1f",
    "bleu_test_2017_flickr": ".1f",
    "bleu_tatoeba": ".1f",
    "bleu_tatoeba_all": ".1f",
    "exact_match": ".1%",
}


def show_findings(request: Request, *, translated: Mapping[str, Any]) -> dict[str, str]:
    """What to look for in the translated sentence, and the figures of the network's card."""
    if not translated:
        return {}
    sentence = read_state(request, translated)
    return {
        "notes": observations(sentence.inspect(), request.language),
        "card": figures(
            sentence.network.card, FIGURES, "translation_lab.lesson.card",
            "translation_lab.lesson.no_card", request.language,
        ),
    }  # fmt: skip


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """What to look for above; below, the lesson beside the source."""
    visited = first_visit(place)
    notes, card = findings(lab, "translation_lab.lesson")
    code = {f"translation_lab.lesson.source.{name}": parts for name, parts in SOURCES.items()}
    lesson_beside_sources(lab, visited, "translation_lab.lesson.text", code)
    lab.events.on(
        shared.sentence_changes(lab),
        show_findings,
        {"translated": shared.translated},
        {"notes": notes, "card": card},
        after=visited,
    )
