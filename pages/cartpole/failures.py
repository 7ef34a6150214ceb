"""The failure experiments of deep Q-learning: what happens without one of its parts."""

from collections.abc import Mapping

import gradio as gr

from core.cartpole.config import QConfig
from core.cartpole.failures import FAILURES, HEALTHY, OUTCOMES, facts_of, outcome_of
from pages.app.lab import Lab
from pages.cartpole.shared import TAB, Shared
from pages.training import failures
from pages.training.failure_lab import Events, FailureLab


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
    figures={"return": None, "max_q": lambda config: 1 / (1 - config.gamma)},
    judge=judge,
    sealed=("runs_away",),
    alongside=(f"{TAB}-variants",),
)


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The shared failure lab, on plain DQN."""
    failures.build(lab, FAILURE_LAB, place)
