"""The failure experiments of the Transformer: what a part is for, by training without it."""

from collections.abc import Mapping

import gradio as gr

from core.translation.config import PhrasesConfig
from core.translation.failures import FAILURES, HEALTHY, OUTCOMES, facts_of, outcome_of
from pages.app.lab import Lab
from pages.training import failures
from pages.training.failure_lab import Events, FailureLab
from pages.translation.networks import NAME
from pages.translation.translated_sentence import SharedInputs


def judge(config: PhrasesConfig, events: Events) -> tuple[str, Mapping[str, str]]:
    """The outcome of a training by its metrics, and the facts that it follows from."""
    facts = facts_of(events)
    return outcome_of(facts), {
        "exact": f"{facts.exact:.0%}",
        "chrf": f"{facts.chrf:.0f}",
        "loss": f"{facts.loss:.2f}",
    }


FAILURE_LAB = FailureLab(
    tab=NAME,
    prefix="translation_break",
    recipe="translation-toy",
    failures=FAILURES,
    healthy=HEALTHY,
    outcomes=OUTCOMES,
    figures={"validation_loss": None, "exact_match": None},
    judge=judge,
)


def build(lab: Lab, shared: SharedInputs, place: gr.Tab) -> None:
    """The shared failure lab, on the network of phrases."""
    failures.build(lab, FAILURE_LAB, place)
