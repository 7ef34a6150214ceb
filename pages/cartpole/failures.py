"""The failure experiments of deep Q-learning: what happens without one of its parts."""

from collections.abc import Mapping

from core.cartpole.config import QConfig
from core.cartpole.failures import FAILURES, HEALTHY, OUTCOMES, facts_of, outcome_of
from pages.cartpole.stage import TAB
from pages.training.failure_lab import Events, FailureLab


def greatest(config: QConfig) -> float:
    """The greatest possible return."""
    return 1 / (1 - config.gamma)


def judge(config: QConfig, events: Events) -> tuple[str, Mapping[str, str]]:
    """The outcome of a training and its figures."""
    facts = facts_of(config, events)
    return outcome_of(facts), {
        "last": f"{facts.last:.0f}",
        "seconds": f"{facts.last / 50:.1f}",
        "q": f"{facts.max_q:,.0f}",
        "limit": f"{facts.limit:g}",
    }


FAILURE_LAB = FailureLab(
    tab=TAB,
    prefix="cartpole_break",
    recipe="cartpole",
    failures=FAILURES,
    healthy=HEALTHY,
    outcomes=OUTCOMES,
    figures={"return": None, "max_q": greatest},
    judge=judge,
    sealed=("runs_away",),
    alongside=(f"{TAB}-variants",),
)
