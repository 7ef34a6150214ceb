"""Memorisation: the distances of generated digits from the training digits."""

from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.digits.real_or_fake import area_under_roc
from core.mnist import pixels
from core.mnist.neighbours import Index, Nearest, index, nearest
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.real_and_fake import (
    MEASURED,
    current_image,
    data_name,
    distances_of,
    histograms,
    joined,
)
from pages.digits.shared import Shared, classifier_of, requested_network
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

NEIGHBOURS = 6
SIZE = 88  # pixels a side
RARE = 0.01  # share of the unseen real digits that are nearer than a copy
COPIES = 5 * RARE  # share of the generated digits: with more such copies, some are no chance
# The share of pairs in which the generated digit is nearer, from which on it is said to be …
WORDS = ((0.6, "nearer"), (0.4, "alike"), (0.0, "farther"))


def compare(request: Request, *, network: str, latent: list[float], digit: int) -> dict[str, Any]:
    """The training digits nearest to the current one, and the distribution of all distances."""
    chosen = requested_network(request, network)
    real, fake = distances_of(request.lab, chosen)
    marks: dict[str, float] = {}
    shown: dict[str, Any] = {"tiles": {"tiles": []}, "description": ""}
    if latent:
        image = current_image(chosen, latent, digit)
        found = nearest(training_digits(request.lab), image[None], NEIGHBOURS)
        distance = float(found.distances[0, 0])
        marks[request.text("digits_ask.opinion.hand")] = distance
        shown["tiles"] = neighbour_tiles(request, image, found)
        share = f"{(real < distance).mean():.0%}"
        shown["description"] = request.text(
            "digits_ask.memory.one", distance=f"{distance:.3f}", share=share
        )
    axis = request.text("digits_ask.memory.axis")
    return {
        "histograms": histograms(request, real, fake, marks, axis),
        "verdict": verdict(real, fake, request.language),
        **shown,
    }


def neighbour_tiles(request: Request, image: np.ndarray, found: Nearest) -> dict[str, Any]:
    """The current digit and those nearest to it, with their labels and distances."""
    data, indices = mnist.at_hand(), found.indices[0]
    images, labels = pixels(data.fit[indices]).numpy(), data.train_labels[indices].tolist()
    tiles = [tile(image, title=request.text("digits_ask.opinion.hand"))]
    for rank, each in enumerate(zip(images, labels, found.distances[0], strict=True), 1):
        neighbour, label, distance = each
        title = request.text("digits_ask.memory.rank", rank=rank)
        tiles.append(tile(neighbour, title=title, caption=f"{distance:.3f}", digit=label))
    return {"size": SIZE, "tiles": tiles}


def training_digits(lab: Lab) -> Index:
    """The training digits, prepared for searching; kept with the classifier, for all networks."""
    data = mnist.at_hand()
    return classifier_of(lab).keep(f"index {data.source}", lambda: index(data.fit))


def verdict(real: np.ndarray, fake: np.ndarray, language: str) -> str:
    """Whether the generated digits are copies, in words."""
    nearer = area_under_roc(real, fake)
    limit = np.quantile(real, RARE)
    copies = float((fake < limit).mean())
    word = "copied" if copies > COPIES else next(word for least, word in WORDS if nearer >= least)
    told = text(
        f"digits_ask.memory.{word}", language,
        copies=f"{copies:.1%}", limit=f"{limit:.3f}", rare=f"{RARE:.0%}",
    )  # fmt: skip
    measured = text(
        "digits_ask.memory.measured", language,
        real=f"{np.median(real):.3f}", fake=f"{np.median(fake):.3f}", count=MEASURED,
        known=f"{len(mnist.at_hand().fit):,}", source=data_name(language),
    )  # fmt: skip
    return joined((told, measured), language)


def build(lab: Lab, shared: Shared, place: gr.Tab, around: gr.Tab) -> None:
    """The neighbours beside the distribution of distances."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_ask.memory.hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="digits_ask.memory.title")
            tiles = lab.translate(digits(clickable=False), words="digits_ask.words.neighbours")
            description = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=3, min_width=300):
            bars = lab.translate(chart(height=340), words="digits_ask.words.distances")
            summary = gr.Markdown(elem_classes="verdict")

    lab.events.on(
        [around.select, shared.ready.change, *shared.changes(lab)],
        compare,
        {"network": shared.network, "latent": shared.latent, "digit": shared.digit},
        {"histograms": bars, "verdict": summary, "tiles": tiles, "description": description},
        after=first_visit(place),
    )
