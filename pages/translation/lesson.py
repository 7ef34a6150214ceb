"""A short lesson: the formulas, the source that runs, what to look for in the sentence at hand."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.nn import attention, positional, schedules
from core.translation import beam, model, train
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import figures, findings, formulas, source
from pages.translation import notes
from pages.translation.stage import Stage, subject_of

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


def show_network(lab: Lab, at_hand: Any, visitor: str, language: str) -> Sequence[str]:
    """What to look for in the sentence at hand, and what the network's card says."""
    if not at_hand:
        return ["", ""]
    subject = subject_of(lab, at_hand, visitor)
    card = figures(
        subject.network.card, FIGURES, "translation_lab.lesson.card",
        "translation_lab.lesson.no_card", language,
    )  # fmt: skip
    return [notes.sentences(subject.inspect(), language), card]


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """What to look for above; below, the lesson beside the source."""
    seen = first_visit(place)
    outputs = findings(lab, "translation_lab.lesson")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(formulas(), value="translation_lab.lesson.text")
        with gr.Column(scale=1, min_width=300):
            for name, parts in SOURCES.items():
                source(lab, seen, parts, f"translation_lab.lesson.source.{name}")
    stage.follow(lab, seen, show_network, [stage.current], outputs)
