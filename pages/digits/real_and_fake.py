"""The real and generated digits that several sections compare, computed once for each network."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from core import mnist
from core.digits.losses import reported_scores
from core.digits.real_or_fake import RealAndFake, draw_real_and_fake
from core.digits.sample import sample
from core.mnist.neighbours import nearest_distances
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.app.request import Request
from pages.digits.shared import classifier_of
from pages.text import text

COUNT = 500  # of each kind
MEASURED = 300  # of each kind, whose nearest training digit is searched for; takes a second
BINS = 40
# What a score of the discriminator is under each loss.
SCORE_KINDS = {
    "non-saturating": "probability",
    "saturating": "probability",
    "least-squares": "target",
    "hinge": "hinge",
    "wgan-gp": "critic",
}


def real_and_fake_of(lab: Lab, network: Network) -> RealAndFake:
    """Unseen real digits and generated ones."""
    data, classifier = mnist.at_hand(), classifier_of(lab).model
    return network.keep(
        f"lineup {data.source}",
        lambda: draw_real_and_fake(network.model, classifier, data, COUNT, seed=0),
    )


def distances_of(lab: Lab, network: Network) -> tuple[np.ndarray, np.ndarray]:
    """The distances of real and of generated digits from the nearest training digit."""
    data, compared = mnist.at_hand(), real_and_fake_of(lab, network)
    # The real ones are the same for every network.
    real, fake = (
        keeper.keep(
            f"distances {data.source}",
            lambda group=group: nearest_distances(data.fit, group.images[:MEASURED]),
        )
        for keeper, group in ((classifier_of(lab), compared.real), (network, compared.fake))
    )
    return real, fake


def current_image(network: Network, latent: list[float], digit: int) -> np.ndarray:
    """The current digit (784,) in [0, 1], in 256 levels of grey as real ones are."""
    return np.rint(sample(network.model, [latent], digit)[0] * 255) / 255


def score_kind(network: Network) -> str:
    """What a score of the discriminator is: a part of a key."""
    return SCORE_KINDS[network.model.config.loss]


def displayed_scores(network: Network, scores: Any) -> np.ndarray:
    """Scores as the page shows them: as probabilities, where the loss defines one."""
    return reported_scores(network.model.config.loss, torch.as_tensor(np.asarray(scores))).numpy()


def data_name(language: str) -> str:
    """What the real digits are."""
    return text(f"digits_ask.data.{mnist.at_hand().source}", language)


def joined(sentences: Iterable[str], language: str) -> str:
    """Sentences as one paragraph; Chinese has no space between them."""
    return ("" if language == "zh" else " ").join(sentences)


def histograms(
    request: Request, real: np.ndarray, fake: np.ndarray, marks: dict[str, float], axis: str
) -> dict[str, Any]:
    """Two distributions on one axis, for a chart; marks: named values on it."""
    everything = np.concatenate([real, fake, list(marks.values())])
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    traces: list[dict[str, Any]] = []
    highest = 0.0
    for key, values, colour in (("real", real, 0), ("fake", fake, 1)):
        shares = np.histogram(values, edges)[0] / len(values)
        highest = max(highest, float(shares.max()))
        traces.append(
            {
                "type": "bar",
                "name": request.text(f"digits_ask.{key}"),
                "x": np.round((edges[1:] + edges[:-1]) / 2, 5).tolist(),
                "y": np.round(shares, 5).tolist(),
                "width": float(edges[1] - edges[0]),
                "marker": {"color": f"series:{colour}@0.55"},
            }
        )
    for (name, value), colour in zip(marks.items(), (3, 5), strict=False):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [round(value, 5)] * 2,
                "y": [0, highest],
                "line": {"color": f"series:{colour}", "width": 3},
            }
        )
    layout = {
        "barmode": "overlay",
        "bargap": 0,
        "xaxis": {"title": {"text": axis}},
        "yaxis": {
            "title": {"text": request.text("digits_ask.share")},
            "tickformat": ".0%",
            "rangemode": "tozero",
        },
    }
    return {"traces": traces, "layout": layout}
