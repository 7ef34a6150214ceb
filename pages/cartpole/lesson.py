"""The lesson: equations, source code, and a summary of the chosen agent."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from core.cartpole import agent, model, replay_buffer
from core.cartpole.environment import TIME_STEP
from core.cartpole.observe import observe_episode, observe_map
from core.cartpole.policy_map import policy_map
from core.cartpole.rollout import play_episode
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import figures, findings, lesson_beside_sources
from pages.app.request import Request
from pages.cartpole.shared import Shared, network_name, network_of, observation_text, policy_of

SEED = 100_000  # of the episode; the first evaluation seed
# The metrics of a card in display order, with their format.
FIGURES = {"greedy_return": ",.1f", "held": ".1%"}
# Settings that extend plain DQN where they have these values.
PARTS = {"double": "on", "dueling": "on", "target": "averaged", "average": "on", "ceiling": "on",
         "mirrored": "on"}  # fmt: skip
SOURCES = {
    "cartpole_lesson.source.target": (agent.td_target, agent.huber_loss, agent.epsilon),
    "cartpole_lesson.source.step": (
        agent.DQNAgent.advance,
        agent.DQNAgent._collect,
        agent.DQNAgent._update,
        agent.DQNAgent._update_averages,
    ),
    "cartpole_lesson.source.network": (model.QNetwork,),
    "cartpole_lesson.source.memory": (
        replay_buffer.ReplayBuffer.add,
        replay_buffer.ReplayBuffer.sample,
    ),
}


def show_agent(request: Request, *, network: str) -> dict[str, str]:
    """Observations on the chosen agent, and the metrics of its card."""
    card = figures(
        network_of(request, network).card, FIGURES, "cartpole_lesson.card",
        "cartpole_lesson.no_card", request.language,
    )  # fmt: skip
    notes = "\n".join(f"- {sentence}" for sentence in sentences(request, network))
    return {"notes": notes, "card": card}


def sentences(request: Request, name: str) -> Iterator[str]:
    """The size and the extensions of an agent, and observations on its behaviour."""
    network, policy, text = network_of(request, name), policy_of(request, name), request.text
    config, card = network.model.config, network.card
    yield text(
        "cartpole_lesson.size", name=network_name(card.recipe, request.language),
        parameters=f"{card.parameters:,}", steps=f"{card.steps:,}",
        minutes=f"{card.steps * TIME_STEP / 60:.0f}",
    )  # fmt: skip
    parts = [
        text(f"cartpole_lesson.part.{key}")
        for key, value in PARTS.items()
        if getattr(config, key) == value
    ]
    if config.n_step > 1:
        parts.append(text("cartpole_lesson.part.n_step", n=config.n_step))
    if config.optimism > 0:
        parts.append(text("cartpole_lesson.part.optimism"))
    yield (
        text("cartpole_lesson.parts", parts=", ".join(parts))
        if parts
        else text("cartpole_lesson.plain")
    )
    episode = play_episode(policy, seed=SEED)
    for seen in [*observe_episode(episode, config.gamma), observe_map(policy_map(policy))]:
        yield observation_text(seen, request.language)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The observations; below, the lesson beside the source code."""
    seen = first_visit(place)
    notes, card = findings(lab, "cartpole_lesson")
    lesson_beside_sources(lab, seen, "cartpole_lesson.lesson.text", SOURCES)
    outputs: dict[str, Any] = {"notes": notes, "card": card}
    lab.events.on(shared.changes(lab), show_agent, {"network": shared.network}, outputs, after=seen)
