"""Five set-ups that show what a part of the Transformer is for, and how to tell their outcomes.

Each differs from `HEALTHY` in one setting, the last in two, and takes at most a minute on the
generated phrases. No positions: attention sees a bag of words (Vaswani et al. 2017, section 3.5).
No causal mask: in training the decoder reads the token that it has to predict (section 3.2.3). No
warm-up: with normalisation after each sub-layer the first steps are too large (section 5.3; Xiong
et al. 2020, "On layer normalization in the transformer architecture"). One layer is enough for
these phrases; one head is not, because it computes a single average (section 3.2.2; table 3, row
A). `python -m tests.benchmarks.translation_failures` tests every outcome on ten seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.translation.config import PhrasesConfig

OUTCOMES = ("learns", "errs", "cheats", "stuck")
LEAST_EXACT = 0.8  # exact match of a set-up that learns
LEAST_CHRF = 40.0  # most words are right, but not their order or endings
MOST_LOSS = 1.0  # nats per token, of a set-up that predicts the next token given those before

HEALTHY = PhrasesConfig(
    layers=2, width=64, feed_forward=128, normalisation="after", learning_rate=8e-3, epochs=3
)


@dataclass(frozen=True)
class Facts:
    """Validation figures: exact match (0 to 1), chrF (0 to 100), loss in nats per token."""

    exact: float
    chrf: float
    loss: float


@dataclass(frozen=True)
class Failure:
    """A set-up and its outcome, one of `OUTCOMES`, at any seed."""

    name: str
    config: PhrasesConfig
    outcome: str


def facts_of(metrics: Sequence[Mapping[str, float]]) -> Facts:
    """The figures of the last event of a training."""
    last = metrics[-1]
    return Facts(last["exact_match"], last["chrf"], last["validation_loss"])


def outcome_of(facts: Facts) -> str:
    """Which of `OUTCOMES` the final figures of a training show."""
    if facts.exact >= LEAST_EXACT:
        return "learns"
    if facts.chrf >= LEAST_CHRF:
        return "errs"
    return "cheats" if facts.loss < MOST_LOSS else "stuck"


FAILURES: Mapping[str, Failure] = {
    failure.name: failure
    for failure in (
        Failure("no_positions", replace(HEALTHY, positions="none"), "errs"),
        Failure("no_mask", replace(HEALTHY, causal_mask="off"), "cheats"),
        Failure("no_warm_up", replace(HEALTHY, warm_up=0), "stuck"),
        Failure("one_layer", replace(HEALTHY, layers=1), "learns"),
        Failure("one_head", replace(HEALTHY, layers=1, heads=1), "errs"),
    )
}
