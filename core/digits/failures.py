"""Three ways in which the game goes wrong on purpose, how to tell, and what mends each.

All three are played in the plane, where they show within seconds. *Collapse*: the generator learns
faster than the discriminator, and with momentum; it runs after one mode at a time (Metz et al.
2017, "Unrolled generative adversarial networks"). *Overruled*: the discriminator learns a hundred
times faster and five times as often; it tells everything apart, and its slope no longer points to
where the data are. *Stuck*: a discriminator that is certain, and the original loss, whose slope is
then nothing (Goodfellow et al. 2014, section 3; Arjovsky and Bottou 2017, "Towards principled
methods for training generative adversarial networks", section 2). Two are mended by learning rates
of the same order and by R1 (Mescheder et al. 2018), the third by the non-saturating loss alone.
`python -m tests.benchmarks.failures` holds every promise to ten seeds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.digits import points
from core.digits.config import ToyConfig

OUTCOMES = ("covers", "collapses", "overruled", "stuck")
CERTAIN = 0.7  # from here on, D(real) − D(fake) leaves the generator nothing
VANISHED = 0.01  # slope below which a generator stands still; a healthy game has some tenths


@dataclass(frozen=True)
class Facts:
    """Where a game in the plane stands.

    found: how much of the real shape is covered. real, fake: the discriminator's mean opinion of
    each since the last event. pull: mean length of the generator's slope at its samples, per unit
    of the plane.
    """

    found: points.Found
    real: float
    fake: float
    pull: float


@dataclass(frozen=True)
class Failure:
    """A set-up that fails as promised.

    outcome: which of `OUTCOMES` is to be seen after `steps` steps of `config`, at any seed. mend:
    settings to send into the same game, which is well again by `mended` some `mend_steps` later.
    """

    name: str
    config: ToyConfig
    steps: int
    outcome: str
    mend: Mapping[str, Any]
    mend_steps: int
    mended: Callable[[Facts], bool]

    def has_failed(self, facts: Facts) -> bool:
        """Whether what was promised is to be seen."""
        return outcome_of(facts) == self.outcome


def facts_of(
    config: ToyConfig, preview: Mapping[str, np.ndarray], metrics: Mapping[str, float]
) -> Facts:
    """The facts in an event of a game's training."""
    return Facts(
        found=points.find(preview["points"], config),
        real=metrics["real_score"],
        fake=metrics["fake_score"],
        pull=float(np.linalg.norm(preview["arrows"], axis=1).mean()),
    )


def outcome_of(facts: Facts) -> str | None:
    """Which of `OUTCOMES` the facts amount to; None while it is none of them clearly."""
    modes, total = facts.found.modes, facts.found.total
    if modes >= 0.75 * total:
        return "covers"
    if facts.pull < VANISHED:
        return "stuck"
    if facts.real - facts.fake > CERTAIN:
        return "overruled"
    return "collapses" if modes <= total / 4 and facts.real - facts.fake < CERTAIN / 2 else None


def covers(facts: Facts) -> bool:
    """At least three modes in four are found."""
    return outcome_of(facts) == "covers"


def moves(facts: Facts) -> bool:
    """The generator is pulled again, and has reached the data."""
    return facts.pull > 10 * VANISHED and facts.found.good >= 0.05


# Both learn at the same pace, without momentum, and the discriminator stays smooth.
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
            mend=BALANCED,
            mend_steps=800,
            mended=covers,
        ),
        Failure(
            name="strong",
            config=ToyConfig(generator_rate=3e-5, discriminator_rate=3e-3, discriminator_steps=5),
            steps=200,
            outcome="overruled",
            mend=BALANCED,
            mend_steps=1_200,
            mended=covers,
        ),
        Failure(
            name="vanishing",
            config=ToyConfig(
                loss="saturating",
                shape="drawn",
                # Out of the way of where a generator starts: no fake is ever mistaken.
                drawn="0.5,0.9 0.9,0.5 0.9,0.9 0.6,0.6",
                generator_rate=1e-4,
                discriminator_rate=3e-2,
            ),
            steps=100,
            outcome="stuck",
            mend={"loss": "non-saturating"},
            mend_steps=300,
            mended=moves,
        ),
    )
}
