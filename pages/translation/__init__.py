"""The Translation tab: a Transformer and its parts.

The visitor learns how one token after another is chosen, what attention attends to meanwhile, how
queries, keys and values produce the weights, what positions, masks and heads are for, and what goes
wrong without them, in the trained network and in training.
"""

import random

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.training.failures import build as build_failures
from pages.translation import (
    ablation,
    api,
    attention,
    beam_tree,
    decoding_steps,
    failures,
    head_matrices,
    lesson,
    positions,
    trainer,
    translator,
)
from pages.translation.examples import draw
from pages.translation.networks import (
    CHOICE,
    NAME,
    available,
    first_of,
    network_of,
    vocabulary_of,
)
from pages.translation.translated_sentence import SharedInputs


def build(lab: Lab) -> None:
    """Lay out the tab: the translator above, then one section for each view of the network."""
    network = CHOICE.build(lab)
    if network is None:
        return
    shared = SharedInputs(network=network, version=gr.State(0), translated=gr.State({}))
    translator.build(lab, shared)

    with sections(lab, "translation.section") as section:
        with section("attention"):
            attention.build(lab, shared)
        for name, module in {
            "steps": decoding_steps,
            "tree": beam_tree,
            "inside": head_matrices,
            "positions": positions,
            "cut": ablation,
            "train": trainer,
        }.items():
            with section(name) as place:
                module.build(lab, shared, place)
        with section("failures") as place:
            build_failures(lab, failures.FAILURE_LAB, place)
        with section("lesson") as place:
            lesson.build(lab, shared, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Load what the tab shows first."""
    if names := available(lab):
        vocabulary_of(network_of(lab, first_of(names), ""))


def preload(lab: Lab) -> None:
    """Read the sentences that are drawn at random, which takes seconds."""
    if names := available(lab):
        draw(network_of(lab, first_of(names), "").card, random.Random())


TAB = Tab(NAME, build, warm, preload)
