"""The CartPole tab: deep Q-learning.

Lesson: the action value Q(s, a), temporal-difference targets, what keeps training stable (target
network, replay buffer, terminal states), and how a policy transfers to a changed environment.
"""

import gradio as gr

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
from pages.cartpole.stage import SHELF, TAB, Stage, available, first_of, policy_of
from pages.lab import Lab
from pages.training.failures import build as build_failures

NAME = TAB
SECTIONS = ("watch", "world", "train", "variants", "memory", "failures", "lesson")


def build(lab: Lab) -> None:
    """Build the tab: the choice of an agent, then the sections."""
    network = SHELF.build(lab)
    if network is None:
        return
    stage = Stage(network=network, version=gr.State(0))

    def section(name: str) -> gr.Tab:
        return lab.say(gr.Tab(id=name), label=f"cartpole.section.{name}")

    with lab.links.sections(gr.Tabs(overflow_behavior="wrap"), SECTIONS):
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
            build_failures(lab, failures.BENCH, place)
        with section("lesson") as place:
            lesson.build(lab, stage, place)
    api.build(lab)


def warm(lab: Lab) -> None:
    """Load what the tab shows first."""
    if whole := available(lab):
        policy_of(lab, first_of(whole), "")


def stock(lab: Lab) -> None:
    """Fill the replay buffer that is shown first, which takes one or two seconds."""
    if whole := available(lab):
        replay_buffer.prepare(lab, first_of(whole))
