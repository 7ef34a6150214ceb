"""Sentences on an agent: its size and extensions, and observations on its behaviour."""

from collections.abc import Iterator

from core.cartpole.environment import TIME_STEP
from core.cartpole.observe import observe_episode, observe_map
from core.cartpole.policy import Policy
from core.cartpole.policy_map import policy_map
from core.cartpole.rollout import play_episode
from pages.app.networks import Network
from pages.cartpole.stage import network_name
from pages.text import text

SEED = 100_000  # of the episode; the first evaluation seed
# The metrics of a card in display order, with their format.
FIGURES = {"greedy_return": ",.1f", "held": ".1%"}
# Settings that extend plain DQN where they have these values.
PARTS = {
    "double": "on",
    "dueling": "on",
    "target": "averaged",
    "average": "on",
    "ceiling": "on",
    "mirrored": "on",
}


def sentences(network: Network, policy: Policy, language: str) -> str:
    """The sentences as a Markdown list."""
    return "\n".join(f"- {line}" for line in lines(network, policy, language))


def lines(network: Network, policy: Policy, language: str) -> Iterator[str]:
    config, card = network.model.config, network.card
    yield text(
        "cartpole_lesson.size", language, name=network_name(card.recipe, language),
        parameters=f"{card.parameters:,}", steps=f"{card.steps:,}",
        minutes=f"{card.steps * TIME_STEP / 60:.0f}",
    )  # fmt: skip
    made = [text(f"cartpole_lesson.part.{key}", language)
            for key, value in PARTS.items() if getattr(config, key) == value]  # fmt: skip
    if config.n_step > 1:
        made.append(text("cartpole_lesson.part.n_step", language, n=config.n_step))
    if config.optimism > 0:
        made.append(text("cartpole_lesson.part.optimism", language))
    yield text(
        f"cartpole_lesson.{'parts' if made else 'plain'}", language,
        **({"parts": ", ".join(made)} if made else {}),
    )  # fmt: skip
    for seen in observe_episode(play_episode(policy, seed=SEED), config.gamma):
        yield text(f"cartpole_view.{seen.key}", language, **seen.values)
    seen = observe_map(policy_map(policy))
    yield text(f"cartpole_view.{seen.key}", language, **seen.values)
