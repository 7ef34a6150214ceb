"""Whether each set-up of CartPole's failure lab fails as promised, and the healthy one learns:

python -m tests.benchmarks.cartpole_failures [NAME …] [--seeds 10]
"""

import sys
from collections.abc import Iterator, Mapping

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.failures import FAILURES, HEALTHY, facts_of, outcome_of
from core.cartpole.model import build
from tests.benchmarks.promises import Trained, hold

EVERY = 250  # steps between two events, about as many as the page's training makes


def figures(config: QConfig) -> Iterator[Mapping[str, float]]:
    """The figures of a training's events."""
    agent = DQNAgent(build(config), config)
    due = EVERY
    while agent.step < agent.total:
        agent.advance(config)
        if agent.update_count and (agent.step >= due or agent.step == agent.total):
            due += EVERY
            yield agent.metrics(config)


def train(config: QConfig) -> Trained:
    """A training from its beginning to its end."""
    facts = facts_of(config, list(figures(config)))
    return outcome_of(facts), {"return": (facts.last, ".0f"), "max Q": (facts.max_q, ",.0f")}


if __name__ == "__main__":
    promised = {name: (failure.config, failure.outcome) for name, failure in FAILURES.items()}
    sys.exit(hold({"healthy": (HEALTHY, "learns")} | promised, train))
