"""The CartPole tab: deep Q-learning.

Lesson: the action value Q(s, a), temporal-difference targets, what keeps training stable (target
network, replay buffer, terminal states), and how a policy transfers to a changed environment.
"""

import gradio as gr

from pages.app.lab import Lab
from pages.app.request import Request
from pages.app.tab import Tab, build_sections
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
from pages.cartpole.shared import NETWORKS, Shared, network_of, policy_of
from pages.cartpole.shared import TAB as NAME
from pages.text import DEFAULT

SECTIONS = {
    "watch": live_episode.build,
    "world": environment.build,
    "train": trainer.build,
    "variants": variants.build,
    "memory": replay_buffer.build,
    "failures": failures.build,
    "lesson": lesson.build,
}


def build(lab: Lab) -> None:
    """Build the tab: the choice of an agent, then the sections."""
    network = NETWORKS.build(lab)
    if network is None:
        return
    build_sections(lab, "cartpole.section", SECTIONS, Shared(network, version=gr.State(0)))
    api.build(lab)


def warm(lab: Lab) -> None:
    """Load what the tab shows first."""
    if name := NETWORKS.first_available(lab):
        policy_of(Request(lab, "", DEFAULT), name)


def preload(lab: Lab) -> None:
    """Fill the replay buffer that is shown first, which takes one or two seconds."""
    if name := NETWORKS.first_available(lab):
        replay_buffer.prepare(network_of(Request(lab, "", DEFAULT), name))


TAB = Tab(NAME, build, warm, preload)
