"""The CartPole tab: an agent that learns by trying, alive.

The visitor learns what an agent is worth to itself in a state (Q), how a temporal-difference target
makes a network learn from its own guesses, what holds that together (a target network, a memory,
marked ends), and how far what was learnt holds when the world changes.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.cartpole import api, failures, lesson, memory, trainer, variants, watch, world
from pages.cartpole.stage import SHELF, Stage, available, first_of, policy_of
from pages.cartpole.stage import TAB as NAME
from pages.training.failures import build as build_failures


def build(lab: Lab) -> None:
    """Lay out the tab: the agent's choice above, then one section for each way to look at it."""
    network = SHELF.build(lab)
    if network is None:
        return
    stage = Stage(network=network, version=gr.State(0))

    with sections(lab, "cartpole.section") as section:
        with section("watch") as place:
            watch.build(lab, stage, place)
        with section("world") as place:
            world.build(lab, stage, place)
        with section("train") as place:
            trainer.build(lab, stage, place)
        with section("variants") as place:
            variants.build(lab, stage, place)
        with section("memory") as place:
            memory.build(lab, stage, place)
        with section("failures") as place:
            build_failures(lab, failures.BENCH, place)
        with section("lesson") as place:
            lesson.build(lab, stage, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Make ready what the tab shows first."""
    if whole := available(lab):
        policy_of(lab, first_of(whole), "")


def preload(lab: Lab) -> None:
    """Fill the memory that is shown first, which takes a second or two."""
    if whole := available(lab):
        memory.prepare(lab, first_of(whole))


TAB = Tab(NAME, build, warm, preload)
