"""Observations on a GAN, computed from its samples and metrics; the page words them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.digits.failures import CERTAIN
from core.digits.model import CLASSES
from core.observation import Observation

RARE = 0.2  # of an equal share of the samples: a rarer class counts as missing
COLLAPSED = 7  # classes: with so many or fewer, it is a mode collapse
LAST = 0.2  # share of the events that count as the end of a training
EVEN = 0.15  # largest difference of D(real) and D(fake) that counts as even


def observe_classes(classes: np.ndarray) -> Observation:
    """How the classes (N,) that a classifier assigns to samples are distributed.

    "observe.classes.all", ".some" or ".collapse"; drawn: how many classes occur; missing: which do
    not; most, share: the most frequent one; entropy: in bits, at most log2 10 = 3.32.
    """
    counts = np.bincount(np.asarray(classes, int), minlength=CLASSES)
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
    """How well D separates both at the end of a training, from the metrics of its events.

    "observe.balance.even", ".ahead" or ".certain", with D's mean probability of real and of fake
    examples; "observe.vanishing" where D is certain and the loss saturates. Nothing for losses
    without a probability.
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
            # The derivative of log(1 − σ(s)) is −σ(s) = −D(G(z)).
            yield Observation("observe.vanishing", {"slope": fake, "other": 1 - fake})
    else:
        yield Observation("observe.balance.ahead", values)
