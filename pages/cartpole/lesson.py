"""The lesson: equations, source code, and a summary of the chosen agent."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from core.cartpole import agent, model, replay_buffer
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import figures, findings, formulas, source
from pages.app.positional import once_seen
from pages.cartpole import agent_summary
from pages.cartpole.stage import Stage, network_of, policy_of

SOURCES: dict[str, Sequence[Any]] = {
    "target": (agent.td_target, agent.huber_loss, agent.epsilon),
    "step": (
        agent.DQNAgent.advance,
        agent.DQNAgent._collect,
        agent.DQNAgent._update,
        agent.DQNAgent._update_averages,
    ),
    "network": (model.QNetwork,),
    "memory": (replay_buffer.ReplayBuffer.add, replay_buffer.ReplayBuffer.sample),
}


def show_agent(lab: Lab, name: str, visitor: str, language: str) -> Sequence[str]:
    """Observations on the chosen agent, and the metrics of its card."""
    network = network_of(lab, name, visitor)
    policy = policy_of(lab, name, visitor)
    card = figures(
        network.card,
        agent_summary.FIGURES,
        "cartpole_lesson.card",
        "cartpole_lesson.no_card",
        language,
    )
    return [agent_summary.sentences(network, policy, language), card]


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The observations; below, the lesson beside the source code."""
    seen = first_visit(place)
    outputs = findings(lab, "cartpole_lesson")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(formulas(), value="cartpole_lesson.lesson.text")
        with gr.Column(scale=1, min_width=300):
            for name, parts in SOURCES.items():
                source(lab, seen, parts, f"cartpole_lesson.source.{name}")
    once_seen(lab, seen, stage.changes(lab), show_agent, [stage.network], outputs)
