"""Five configurations in which deep Q-learning fails, and the classification of an outcome.

Each differs from one healthy configuration in a few settings and fails within 5,000 steps. *No
target network*: the targets move with the estimates, which diverge (Mnih et al. 2015, table 3).
*No replay*: each transition is used once, in order, and later ones overwrite it (Lin 1992).
*Myopic*: γ = 0, so both actions have the same value, the immediate reward 1. *No exploration*: an
action that is never tried is never found to be better (Sutton and Barto 2018, section 2.2).
*Unmarked ends*: bootstrapping from terminal states, so that a fall costs nothing (Pardo et al.
2018, "Time limits in reinforcement learning"). `python -m tests.benchmarks.cartpole_failures`
checks each outcome on ten seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.cartpole.config import QConfig

OUTCOMES = ("learns", "falls", "runs_away")
LEARNT_RETURN = 100.0  # mean of the last 20 episodes
DIVERGED_RATIO = 2.0  # of max Q to the greatest possible return

HEALTHY = QConfig(
    steps=5_000, width=64, learning_rate=1e-3, batch_size=32, warm_up=200, update_every=1,
    epsilon_steps=2_500,
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Figures of a training that decide its outcome.

    last: mean return of the last 20 episodes. max_q: the maximum over time of the mean max-Q.
    limit: 1/(1 − γ), the greatest possible return.
    """

    last: float
    max_q: float
    limit: float


@dataclass(frozen=True)
class Failure:
    """A failing configuration and the expected one of `OUTCOMES`, for any seed."""

    name: str
    config: QConfig
    outcome: str


def facts_of(config: QConfig, metrics: Sequence[Mapping[str, float]]) -> Facts:
    """The facts of a training from the metrics of its events, oldest first; at least one."""
    return Facts(
        last=metrics[-1]["return"],
        max_q=max(each["max_q"] for each in metrics),
        limit=1 / (1 - config.gamma),
    )


def outcome_of(facts: Facts) -> str:
    """The one of `OUTCOMES` that describes a finished training."""
    if facts.max_q > DIVERGED_RATIO * facts.limit:
        return "runs_away"
    return "learns" if facts.last >= LEARNT_RETURN else "falls"


FAILURES: Mapping[str, Failure] = {
    failure.name: failure
    for failure in (
        Failure("no_target", replace(HEALTHY, target="off"), "runs_away"),
        Failure(
            "no_replay", replace(HEALTHY, replay="off", batch_size=1, learning_rate=1e-2), "falls"
        ),
        Failure("myopic", replace(HEALTHY, gamma=0.0), "falls"),
        Failure("no_exploration", replace(HEALTHY, epsilon_start=0.0, epsilon_end=0.0), "falls"),
        Failure("unmarked", replace(HEALTHY, terminals="ignored"), "runs_away"),
    )
}
