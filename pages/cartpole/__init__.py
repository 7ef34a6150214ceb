"""The CartPole tab: deep Q-learning.

Lesson: the action value Q(s, a), temporal-difference targets, what keeps training stable (target
network, replay buffer, terminal states), and how a policy transfers to a changed environment.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.tab import Tab, sections
from pages.cartpole import (
    api,
    environment,
    failures,
    lesson,
    live_episode,
    replay_buffer,
    trainer,
    variants,
)
from pages.cartpole.stage import SHELF, Stage, available, first_of, policy_of
from pages.cartpole.stage import TAB as NAME
from pages.training.failures import build as build_failures


def build(lab: Lab) -> None:
    """Build the tab: the choice of an agent, then the sections."""
    network = SHELF.build(lab)
    if network is None:
        return
    stage = Stage(network=network, version=gr.State(0))

    with sections(lab, "cartpole.section") as section:
        with section("watch") as place:
            live_episode.build(lab, stage, place)
        with section("world") as place:
            environment.build(lab, stage, place)
        with section("train") as place:
            trainer.build(lab, stage, place)
        with section("variants") as place:
            variants.build(lab, stage, place)
        with section("memory") as place:
            replay_buffer.build(lab, stage, place)
        with section("failures") as place:
            build_failures(lab, failures.FAILURE_LAB, place)
        with section("lesson") as place:
            lesson.build(lab, stage, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Load what the tab shows first."""
    if whole := available(lab):
        policy_of(lab, first_of(whole), "")


def preload(lab: Lab) -> None:
    """Fill the replay buffer that is shown first, which takes one or two seconds."""
    if whole := available(lab):
        replay_buffer.prepare(lab, first_of(whole))


TAB = Tab(NAME, build, warm, preload)
