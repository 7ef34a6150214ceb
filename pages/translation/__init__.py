"""The Translation tab: a Transformer and its parts.

The visitor learns how one token after another is chosen, what attention attends to meanwhile, how
queries, keys and values produce the weights, what positions, masks and heads are for, and what goes
wrong without them, in the trained network and in training.
"""

import random

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, build_sections
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
    NAME,
    NETWORKS,
    network_of,
    vocabulary_of,
)
from pages.translation.translated_sentence import SharedInputs

SECTIONS = {
    "attention": attention.build,
    "steps": decoding_steps.build,
    "tree": beam_tree.build,
    "inside": head_matrices.build,
    "positions": positions.build,
    "cut": ablation.build,
    "train": trainer.build,
    "failures": failures.build,
    "lesson": lesson.build,
}


def build(lab: Lab) -> None:
    """Lay out the tab: the translator above, then one section for each view of the network."""
    network = NETWORKS.build(lab)
    if network is None:
        return
    shared = SharedInputs(network=network, version=gr.State(0), translated=gr.State({}))
    translator.build(lab, shared)

    build_sections(lab, "translation.section", SECTIONS, shared)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Load what the tab shows first."""
    if name := NETWORKS.first_available(lab):
        vocabulary_of(network_of(lab, name, ""))


def preload(lab: Lab) -> None:
    """Read the sentences that are drawn at random, which takes seconds."""
    if name := NETWORKS.first_available(lab):
        draw(network_of(lab, name, "").card, random.Random())


TAB = Tab(NAME, build, warm, preload)
