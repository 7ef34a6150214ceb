"""A short lesson: the equations, the source that runs, what to look for in the chosen agent."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.cartpole import learner, model, replay
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import figures, findings, formulas, source
from pages.app.positional import once_seen
from pages.cartpole import notes
from pages.cartpole.stage import Stage, network_of, policy_of

SOURCES: dict[str, Sequence[Any]] = {
    "target": (learner.td_target, learner.huber, learner.epsilon),
    "step": (
        learner.Learner.go,
        learner.Learner._play,
        learner.Learner._learn,
        learner.Learner._follow,
    ),
    "network": (model.QNetwork,),
    "memory": (replay.Replay.add, replay.Replay.draw),
}


def show_agent(lab: Lab, name: str, visitor: str, language: str) -> Sequence[str]:
    """What to look for in the chosen agent, and what its card says."""
    network = network_of(lab, name, visitor)
    policy = policy_of(lab, name, visitor)
    card = figures(
        network.card, notes.FIGURES, "cartpole_lesson.card", "cartpole_lesson.no_card", language
    )
    return [notes.sentences(network, policy, language), card]


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """What to look for above; below, the lesson beside the source."""
    seen = first_visit(place)
    outputs = findings(lab, "cartpole_lesson")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(formulas(), value="cartpole_lesson.lesson.text")
        with gr.Column(scale=1, min_width=300):
            for name, parts in SOURCES.items():
                source(lab, seen, parts, f"cartpole_lesson.source.{name}")
    once_seen(lab, seen, stage.changes(lab), show_agent, [stage.network], outputs)
