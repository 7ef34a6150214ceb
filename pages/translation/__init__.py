"""The Translation tab: a Transformer, opened up.

The visitor learns how one token after the other is chosen, what attention looks at while it is,
how queries, keys and values make that look, what positions, masks and heads are for, and what goes
wrong without them, in the finished network and in training.
"""

import random

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.training.failures import build as build_failures
from pages.translation import (
    api,
    attention,
    cut,
    failures,
    inside,
    lesson,
    positions,
    steps,
    trainer,
    translator,
    tree,
)
from pages.translation.examples import draw
from pages.translation.stage import (
    SHELF,
    Stage,
    available,
    first_of,
    network_of,
    vocabulary_of,
)
from pages.translation.stage import (
    TAB as NAME,
)


def build(lab: Lab) -> None:
    """Lay out the tab: the translator above, then one section for each way to look inside."""
    network = SHELF.build(lab)
    if network is None:
        return
    stage = Stage(network=network, version=gr.State(0), current=gr.State({}))
    translator.build(lab, stage)

    with sections(lab, "translation.section") as section:
        with section("attention"):
            attention.build(lab, stage)
        with section("steps") as place:
            steps.build(lab, stage, place)
        with section("tree") as place:
            tree.build(lab, stage, place)
        with section("inside") as place:
            inside.build(lab, stage, place)
        with section("positions") as place:
            positions.build(lab, stage, place)
        with section("cut") as place:
            cut.build(lab, stage, place)
        with section("train") as place:
            trainer.build(lab, stage, place)
        with section("failures") as place:
            build_failures(lab, failures.FAILURE_LAB, place)
        with section("lesson") as place:
            lesson.build(lab, stage, place)
    stage.wire(lab)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Make ready what the tab shows first."""
    if whole := available(lab):
        vocabulary_of(network_of(lab, first_of(whole), ""))


def preload(lab: Lab) -> None:
    """Read the sentences that are drawn at random, which takes seconds."""
    if whole := available(lab):
        draw(network_of(lab, first_of(whole), "").card, random.Random())


TAB = Tab(NAME, build, warm, preload)
