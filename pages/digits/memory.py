"""Is it memorised? How far the digits lie from those that the game was learnt from."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.digits.lineup import share_above
from core.mnist import pixels
from core.mnist.neighbours import Index, index, nearest
from pages.app.lab import Lab
from pages.digits.lineup import (
    MEASURED,
    digit_at_hand,
    distances_of,
    histograms,
    joined,
    source,
)
from pages.digits.live import look
from pages.digits.stage import Stage, judge_of, network_of
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

NEIGHBOURS = 6
SIZE = 88  # pixels a side
RARE = 0.01  # of the unseen real digits lie nearer than what would pass for a copy
COPIES = 5 * RARE  # of the generated ones: with more copies than that, some are no chance
# The share of pairs in which the generated digit lies nearer, from which on it is said to be …
WORDS = ((0.6, "nearer"), (0.4, "alike"), (0.0, "farther"))


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show what changed meanwhile, if the tool was ever opened."""
    return compare(lab, *inputs) if opened else [gr.skip()] * 4


def compare(
    lab: Lab, name: str, latent: list[float], digit: int, visitor: str, language: str
) -> Sequence[Any]:
    """The nearest training digits of the one at hand, and how all distances are spread."""
    network = network_of(lab, name, visitor)
    real, fake = distances_of(lab, network)
    tiles: dict[str, Any] = {"tiles": []}
    marks: dict[str, float] = {}
    said = ""
    if latent:
        data = mnist.at_hand()
        image = digit_at_hand(network, latent, digit)
        found = nearest(known(lab), image[None], NEIGHBOURS)
        distance = float(found.distances[0, 0])
        marks[text("digits_ask.opinion.hand", language)] = distance
        tiles = neighbours(image, data, found.indices[0], found.distances[0], language)
        said = text(
            "digits_ask.memory.one", language,
            distance=number(distance), share=f"{(real < distance).mean():.0%}",
        )  # fmt: skip
    axis = text("digits_ask.memory.axis", language)
    return [
        histograms(real, fake, marks, axis, language),
        verdict(real, fake, language),
        tiles,
        said,
    ]


def neighbours(
    image: np.ndarray,
    data: mnist.Mnist,
    indices: np.ndarray,
    distances: np.ndarray,
    language: str,
) -> dict[str, Any]:
    """The digit at hand and those nearest to it, with their labels and distances."""
    found = pixels(data.fit[indices]).numpy()
    tiles = [tile(image, title=text("digits_ask.opinion.hand", language))]
    for place, (picture, distance) in enumerate(zip(found, distances, strict=True)):
        title = text("digits_ask.memory.rank", language, rank=place + 1)
        label = int(data.train_labels[indices[place]])
        tiles.append(tile(picture, title=title, caption=number(distance), digit=label))
    return {"size": SIZE, "tiles": tiles}


def known(lab: Lab) -> Index:
    """What a game learns from, prepared for searching; kept beside the judge, for all networks."""
    data = mnist.at_hand()
    return judge_of(lab).keep(f"index {data.source}", lambda: index(data.fit))


def verdict(real: np.ndarray, fake: np.ndarray, language: str) -> str:
    """Whether the generated digits are copies, in words."""
    nearer = share_above(real, fake)
    limit = np.quantile(real, RARE)
    copies = float((fake < limit).mean())
    word = next(word for least, word in WORDS if nearer >= least)
    measured = text(
        "digits_ask.memory.measured", language,
        real=number(np.median(real)), fake=number(np.median(fake)), count=MEASURED,
        known=f"{len(mnist.at_hand().fit):,}", source=source(language),
    )  # fmt: skip
    told = text(
        f"digits_ask.memory.{'copied' if copies > COPIES else word}", language,
        copies=f"{copies:.1%}", limit=number(limit), rare=f"{RARE:.0%}",
    )  # fmt: skip
    return joined((told, measured), language)


def number(distance: float) -> str:
    return f"{float(distance):.3f}"


def build(lab: Lab, stage: Stage, place: gr.Tab, around: gr.Tab) -> None:
    """The neighbours beside the distribution of distances."""
    lab.say(gr.Markdown(elem_classes="hint"), value="digits_ask.memory.hint")
    opened = gr.State(False)
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="digits_ask.memory.title")
            tiles = lab.say(digits(clickable=False), words="digits_ask.words.neighbours")
            said = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=3, min_width=300):
            bars = lab.say(chart(height=340), words="digits_ask.words.distances")
            summary = gr.Markdown(elem_classes="verdict")

    inputs = [stage.network, stage.latent, stage.digit]
    outputs = [bars, summary, tiles, said]
    # Told first that it is open: the digit at hand may come while it is being computed.
    chosen = lab.on(place.select, look, [], [opened])
    lab.on(chosen.then, look_again, [opened, *inputs], outputs)
    lab.on(around.select, look_again, [opened, *inputs], outputs)
    stage.refresh(lab, look_again, [opened, *inputs], outputs)
