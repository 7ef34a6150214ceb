"""Three failures of GAN training in the plane, how to detect each, and its remedy.

*Collapse*: the generator has a higher learning rate than the discriminator, and momentum; it
follows one mode at a time (Metz et al. 2017, "Unrolled generative adversarial networks").
*Overruled*: the discriminator has a hundred times the learning rate and five times the steps; it
separates all examples, and its gradient no longer points to the data. *Stuck*: the discriminator is
certain, and the gradient of the saturating loss vanishes (Goodfellow et al. 2014, section 3;
Arjovsky and Bottou 2017, "Towards principled methods for training generative adversarial
networks", section 2). The remedy of the first two: learning rates of the same order, and R1
(Mescheder et al. 2018); of the third: the non-saturating loss. `python -m
tests.benchmarks.failures` tests each failure and each remedy with ten seeds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.digits import points
from core.digits.config import ToyConfig

OUTCOMES = ("covers", "collapses", "overruled", "stuck")
CERTAIN = 0.7  # D(real) − D(fake) from which on the discriminator separates both
VANISHED = 0.01  # gradient norm below which the generator stands still; usual are some tenths


@dataclass(frozen=True)
class Facts:
    """The state of a training in the plane.

    real, fake: the discriminator's mean score of each since the last event. gradient_norm: of the
    generator's loss with respect to its samples, averaged.
    """

    coverage: points.Coverage
    real: float
    fake: float
    gradient_norm: float


@dataclass(frozen=True)
class Failure:
    """A configuration whose training fails.

    outcome: which of `OUTCOMES` is reached after `steps` steps of `config`, at any seed. remedy:
    settings to change in the same training; `cured` holds `remedy_steps` steps later.
    """

    name: str
    config: ToyConfig
    steps: int
    outcome: str
    remedy: Mapping[str, Any]
    remedy_steps: int
    cured: Callable[[Facts], bool]

    def has_failed(self, facts: Facts) -> bool:
        """Whether the expected outcome is reached."""
        return outcome_of(facts) == self.outcome


def facts_of(
    config: ToyConfig, preview: Mapping[str, np.ndarray], metrics: Mapping[str, float]
) -> Facts:
    """The facts of one event of a training."""
    return Facts(
        coverage=points.measure_coverage(preview["points"], config),
        real=metrics["real_score"],
        fake=metrics["fake_score"],
        gradient_norm=float(np.linalg.norm(preview["arrows"], axis=1).mean()),
    )


def outcome_of(facts: Facts) -> str | None:
    """Which of `OUTCOMES` the facts show; None where it is not clear."""
    modes, total = facts.coverage.modes, facts.coverage.total
    if modes >= 0.75 * total:
        return "covers"
    if facts.gradient_norm < VANISHED:
        return "stuck"
    if facts.real - facts.fake > CERTAIN:
        return "overruled"
    return "collapses" if modes <= total / 4 and facts.real - facts.fake < CERTAIN / 2 else None


def covers(facts: Facts) -> bool:
    """Whether at least three quarters of the modes are covered."""
    return outcome_of(facts) == "covers"


def moves(facts: Facts) -> bool:
    """Whether the gradient is back and the first samples have reached the data."""
    return facts.gradient_norm > 10 * VANISHED and facts.coverage.good >= 0.05


# Similar learning rates, no momentum, and a smooth discriminator.
BALANCED: Mapping[str, Any] = {
    "generator_rate": 1e-3,
    "discriminator_rate": 2e-3,
    "discriminator_steps": 1,
    "momentum": 0.0,
    "r1": 0.1,
}

FAILURES: Mapping[str, Failure] = {
    failure.name: failure
    for failure in (
        Failure(
            name="collapse",
            config=ToyConfig(generator_rate=1e-2, momentum=0.9),
            steps=400,
            outcome="collapses",
            remedy=BALANCED,
            remedy_steps=800,
            cured=covers,
        ),
        Failure(
            name="strong",
            config=ToyConfig(generator_rate=3e-5, discriminator_rate=3e-3, discriminator_steps=5),
            steps=200,
            outcome="overruled",
            remedy=BALANCED,
            remedy_steps=1_200,
            cured=covers,
        ),
        Failure(
            name="vanishing",
            config=ToyConfig(
                loss="saturating",
                shape="drawn",
                # Far from the initial samples, so that the discriminator separates both at once.
                drawn="0.5,0.9 0.9,0.5 0.9,0.9 0.6,0.6",
                generator_rate=1e-4,
                discriminator_rate=3e-2,
            ),
            steps=100,
            outcome="stuck",
            remedy={"loss": "non-saturating"},
            remedy_steps=300,
            cured=moves,
        ),
    )
}
