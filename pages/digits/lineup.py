"""The real and generated digits that several sections question, computed once for each network."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from core import mnist
from core.digits.lineup import Lineup, line_up
from core.digits.losses import probability
from core.digits.sample import sample
from core.mnist.neighbours import nearest_distances
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.digits.stage import judge_of
from pages.text import text

COUNT = 500  # of each kind
MEASURED = 300  # of each kind whose nearest training digit is looked for: a second's work
BINS = 40
# What the discriminator's number means under each loss.
MEANINGS = {
    "non-saturating": "probability",
    "saturating": "probability",
    "least-squares": "target",
    "hinge": "hinge",
    "wgan-gp": "critic",
}


def lineup_of(lab: Lab, network: Network) -> Lineup:
    """Unseen real digits beside generated ones."""
    data = mnist.at_hand()
    return network.keep(
        f"lineup {data.source}",
        lambda: line_up(network.model, judge_of(lab).model, data, COUNT, seed=0),
    )


def distances_of(lab: Lab, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """How far real and generated digits lie from the nearest digit that was learnt from."""
    data, lineup = mnist.at_hand(), lineup_of(lab, network)
    # The real ones are the same for every network.
    real = judge_of(lab).keep(
        f"distances {data.source}",
        lambda: nearest_distances(data.fit, lineup.real.images[:MEASURED]),
    )
    fake = network.keep(
        f"distances {data.source}",
        lambda: nearest_distances(data.fit, lineup.fake.images[:MEASURED]),
    )
    return real, fake


def digit_at_hand(network: Network, latent: list[float], digit: int) -> np.ndarray:
    """The digit at hand (784,) in [0, 1], in 256 levels of grey as real ones are."""
    return np.rint(sample(network.model, [latent], digit)[0] * 255) / 255


def meaning(network: Network) -> str:
    """What the discriminator's number is: a key."""
    return MEANINGS[network.model.config.loss]


def shown(network: Network, scores: Any) -> np.ndarray:
    """Scores as the page shows them: as probabilities, where the loss has any."""
    return probability(network.model.config.loss, torch.as_tensor(np.asarray(scores))).numpy()


def source(language: str) -> str:
    """What the real digits are."""
    return text(f"digits_ask.data.{mnist.at_hand().source}", language)


def joined(sentences: Iterable[str], language: str) -> str:
    """Sentences as one paragraph; 中文 leaves no space between them."""
    return ("" if language == "zh" else " ").join(sentences)


def histograms(
    real: np.ndarray, fake: np.ndarray, marks: dict[str, float], axis: str, language: str
) -> dict[str, Any]:
    """Two distributions on one axis, as the chart takes them; marks: named places on it."""
    everything = np.concatenate([real, fake, list(marks.values())])
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    traces: list[dict[str, Any]] = []
    tallest = 0.0
    for key, values, colour in (("real", real, 0), ("fake", fake, 1)):
        shares = np.histogram(values, edges)[0] / len(values)
        tallest = max(tallest, float(shares.max()))
        traces.append(
            {
                "type": "bar",
                "name": text(f"digits_ask.{key}", language),
                "x": np.round((edges[1:] + edges[:-1]) / 2, 5).tolist(),
                "y": np.round(shares, 5).tolist(),
                "width": float(edges[1] - edges[0]),
                "marker": {"color": f"series:{colour}@0.55"},
            }
        )
    for (name, place), colour in zip(marks.items(), (3, 5), strict=False):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [round(place, 5)] * 2,
                "y": [0, tallest],
                "line": {"color": f"series:{colour}", "width": 3},
            }
        )
    layout = {
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {"title": {"text": axis}},
        "yaxis": {
            "title": {"text": text("digits_ask.share", language)},
            "tickformat": ".0%",
            "rangemode": "tozero",
        },
    }
    return {"traces": traces, "layout": layout}
