"""What a Transformer can do without and what not: five set-ups, and how to tell.

Each differs from one healthy set-up in one setting, the last in two, and shows within a minute on
the generated phrases. *No positions*: to attention a sentence is then a bag of words (Vaswani et
al. 2017, section 3.5). *No causal mask*: while it learns, the decoder reads the very word that it
is asked for (section 3.2.3), and has learnt nothing when that word is not there to be read. *No
warm-up*: with layers normalised after each sub-layer, as in the paper, the first steps are too
large (section 5.3; Xiong et al. 2020, "On layer normalization in the transformer architecture").
*One layer* is enough for these phrases; with *one head* it is not: each token then takes a single
average of what it looks at (section 3.2.2; table 3, row A).
`python -m tests.benchmarks.translation_failures` holds every promise to ten seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.translation.config import PhrasesConfig

OUTCOMES = ("learns", "errs", "cheats", "stuck")
WELL = 0.8  # share of the validation phrases translated word for word
WORDS = 40.0  # chrF above which most words are right, if not their order or their endings
KNOWN = 1.0  # nats a token, of the loss where the words before are given

HEALTHY = PhrasesConfig(
    layers=2, width=64, feed_forward=128, normalisation="after", learning_rate=8e-3, epochs=3
)


@dataclass(frozen=True)
class Facts:
    """Where a training stands.

    exact: share (0 to 1) of the validation phrases that it translates word for word; chrf (0 to
    100): how much of their letters it gets right; loss: nats a token where the words before are
    given.
    """

    exact: float
    chrf: float
    loss: float


@dataclass(frozen=True)
class Failure:
    """A set-up that does as promised: which of `OUTCOMES` is seen at its end, at any seed."""

    name: str
    config: PhrasesConfig
    outcome: str


def facts_of(metrics: Sequence[Mapping[str, float]]) -> Facts:
    """The facts in the figures of a training's events, oldest first; one at least."""
    last = metrics[-1]
    return Facts(last["exact_match"], last["chrf"], last["validation_loss"])


def outcome_of(facts: Facts) -> str:
    """Which of `OUTCOMES` the facts of a whole training amount to."""
    if facts.exact >= WELL:
        return "learns"
    if facts.chrf >= WORDS:
        return "errs"
    return "cheats" if facts.loss < KNOWN else "stuck"


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
