"""Five ways in which deep Q-learning goes wrong on purpose, and how to tell.

Each differs from one healthy set-up in a few settings, and shows within 5,000 steps. *No target
network*: the network chases its own guesses, which run away (Mnih et al. 2015, table 3). *No
replay*: each step is learnt from once, as it happens, and what comes next overwrites it (Lin 1992).
*Myopic*: γ = 0, every action is worth the one reward that both always bring. *No exploration*: what
was never tried is never learnt to be better (Sutton and Barto 2018, section 2.2). *Unmarked ends*:
the future is counted on even after a fall, so that falling costs nothing (Pardo et al. 2018, "Time
limits in reinforcement learning"). `python -m tests.benchmarks.cartpole_failures` holds every
promise to ten seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.cartpole.config import QConfig

OUTCOMES = ("learns", "falls", "runs_away")
ENOUGH = 100.0  # steps, of the mean of the last twenty episodes: two seconds
IMPOSSIBLE = 2.0  # times the greatest return there can be

HEALTHY = QConfig(
    steps=5_000, width=64, learning_rate=1e-3, batch_size=32, warm_up=200, update_every=1,
    epsilon_steps=2_500,
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Where a training stands.

    last: mean return of its last twenty episodes. max_q: the highest that its mean greatest Q-value
    ever was. limit: 1/(1 − γ), more than which no return can be.
    """

    last: float
    max_q: float
    limit: float


@dataclass(frozen=True)
class Failure:
    """A set-up that fails as promised: which of `OUTCOMES` is seen at its end, at any seed."""

    name: str
    config: QConfig
    outcome: str


def facts_of(config: QConfig, metrics: Sequence[Mapping[str, float]]) -> Facts:
    """The facts in the figures of a training's events, oldest first; one at least."""
    return Facts(
        last=metrics[-1]["return"],
        max_q=max(each["max_q"] for each in metrics),
        limit=1 / (1 - config.gamma),
    )


def outcome_of(facts: Facts) -> str:
    """Which of `OUTCOMES` the facts of a whole training amount to."""
    if facts.max_q > IMPOSSIBLE * facts.limit:
        return "runs_away"
    return "learns" if facts.last >= ENOUGH else "falls"


FAILURES: Mapping[str, Failure] = {
    failure.name: failure
    for failure in (
        Failure("no_target", replace(HEALTHY, target="off"), "runs_away"),
        Failure(
            "no_replay",
            replace(HEALTHY, replay="off", batch_size=1, learning_rate=1e-2),
            "falls",
        ),
        Failure("myopic", replace(HEALTHY, gamma=0.0), "falls"),
        Failure(
            "no_exploration",
            replace(HEALTHY, epsilon_start=0.0, epsilon_end=0.0),
            "falls",
        ),
        Failure("unmarked", replace(HEALTHY, terminals="ignored"), "runs_away"),
    )
}
