"""What to look for in a game, computed from it; the page puts it into sentences."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.digits.failures import CERTAIN, Facts, outcome_of
from core.digits.model import CLASSES
from core.observation import Observation

RARE = 0.2  # of its fair share of the samples: what is drawn less often counts as missing
COLLAPSED = 7  # classes: with so many or fewer, the others are missing for good
LAST = 0.2  # of a training's events, from which its end is told
EVEN = 0.15  # D's probabilities of real and fake that lie no further apart are even


def observe_classes(names: np.ndarray) -> Observation:
    """Which digits the judge's names (N,) of samples hold; as many of each would be fair.

    "observe.classes.all", ".some" or ".collapse"; drawn, missing: how many and which; most, share:
    the most frequent one; entropy: of the classes, in bits, at most log2 10 = 3.32.
    """
    counts = np.bincount(np.asarray(names, int), minlength=CLASSES)
    shares = counts / max(1, counts.sum())
    missing = np.flatnonzero(shares < RARE / CLASSES)
    drawn = CLASSES - len(missing)
    some = shares[shares > 0]
    kind = "all" if drawn == CLASSES else "collapse" if drawn <= COLLAPSED else "some"
    values = {
        "drawn": drawn,
        "missing": ", ".join(map(str, missing)),
        "most": int(shares.argmax()),
        "share": float(shares.max()),
        "entropy": float(-(some * np.log2(some)).sum()),
    }
    return Observation(f"observe.classes.{kind}", values)


def observe_training(history: Sequence[Mapping[str, float]], loss: str) -> Iterator[Observation]:
    """Who was ahead at the end of a training, by the metrics of its events, oldest first.

    "observe.balance.even", ".ahead" or ".certain", with D's mean probability of real and of fake
    ones; "observe.vanishing" where a certain discriminator meets the saturating loss. Nothing of
    losses that know no probability.
    """
    if not history or loss not in ("non-saturating", "saturating"):
        return
    end = history[-max(1, round(LAST * len(history))) :]
    real, fake = (
        float(np.mean([metrics[name] for metrics in end])) for name in ("real_score", "fake_score")
    )
    values = {"real": real, "fake": fake}
    if real - fake <= EVEN:
        yield Observation("observe.balance.even", values)
    elif real - fake > CERTAIN:
        yield Observation("observe.balance.certain", values)
        if loss == "saturating":
            # The slope of log(1 − σ(s)) is σ(s) = D(G(z)) itself.
            yield Observation("observe.vanishing", {"slope": fake, "other": 1 - fake})
    else:
        yield Observation("observe.balance.ahead", values)


def observe_plane(facts: Facts) -> Observation:
    """Where a game in the plane stands: "observe.plane." and one of `OUTCOMES`, or "between"."""
    values = {
        "modes": facts.found.modes,
        "total": facts.found.total,
        "good": facts.found.good,
        "real": facts.real,
        "fake": facts.fake,
        "pull": facts.pull,
    }
    return Observation(f"observe.plane.{outcome_of(facts) or 'between'}", values)
