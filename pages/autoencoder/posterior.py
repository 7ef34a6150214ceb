"""The variational network's posterior: an ellipsoid in the cloud, draws, and the KL term."""

from typing import Any

import gradio as gr
import numpy as np

from core.autoencoder.explore import posterior, resample, sample_prior
from core.autoencoder.model import VariationalAutoencoder
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.positional import once_seen
from pages.autoencoder.stage import Stage, both_of, images, number
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

DRAWS, SIZE = 10, 56


def show_posterior(
    lab: Lab, name: str, picks: list[int], visitor: str, language: str
) -> tuple[Any, ...]:
    """The posterior of the last picked digit; a sentence where the network has none."""
    network, atlas = both_of(lab, name, visitor)
    hidden = gr.update(visible=False)
    if not isinstance(network.model, VariationalAutoencoder):
        sentence = text("autoencoder.posterior.none", language)
        return gr.update(ellipsoid={}), sentence, hidden
    image = images((picks or [0])[-1])[0]
    found = posterior(network.model, atlas, image)
    shape = {
        "centre": np.round(found.centre.astype(float), 4).tolist(),
        "axes": np.round(found.axes.astype(float), 4).tolist(),
    }
    spread = ", ".join(number(float(value)) for value in found.deviations)
    sentence = text(
        "autoencoder.posterior.story", language, spread=spread, kl=number(float(found.kl.sum()))
    )
    return gr.update(ellipsoid=shape), sentence, gr.update(visible=True)


def draw_samples(
    lab: Lab, name: str, picks: list[int], visitor: str, language: str
) -> tuple[Any, ...]:
    """Decode fresh draws from the posterior and from the prior, and chart the KL by dimension."""
    network, atlas = both_of(lab, name, visitor)
    if not isinstance(network.model, VariationalAutoencoder):
        return {"tiles": []}, {"tiles": []}, {}
    seed = int(np.random.default_rng().integers(2**31))
    image = images((picks or [0])[-1])[0]
    near = resample(network.model, image, DRAWS, seed).pixels
    new = sample_prior(network.model, DRAWS, seed).pixels
    return (
        {"size": SIZE, "tiles": [tile(pixels) for pixels in near]},
        {"size": SIZE, "tiles": [tile(pixels) for pixels in new]},
        kl_chart(atlas.kl if atlas.kl is not None else np.zeros(0), language),
    )


def kl_chart(kl: np.ndarray, language: str) -> dict[str, Any]:
    """Bars of the mean KL term of each dimension of the code."""
    names = [text("autoencoder.axis.code", language, number=n + 1) for n in range(len(kl))]
    values = np.round(kl.astype(float), 3).tolist()
    axis = text("autoencoder.posterior.kl_axis", language)
    bars = {
        "type": "bar",
        "x": names,
        "y": values,
        "marker": {"color": "series:0"},
        "text": values,
        "textposition": "auto",
    }
    return {"traces": [bars], "layout": {"yaxis": {"title": {"text": axis}, "rangemode": "tozero"}}}


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The sentence, the draws and the bars; shown only where there is a posterior."""
    lab.say(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.posterior")
    story = gr.Markdown(elem_classes="verdict")
    with gr.Column(visible=False) as views:
        lab.say(gr.Markdown(elem_classes="subtitle"), value="autoencoder.posterior.near")
        near = lab.say(digits(clickable=False), words="autoencoder.words.digits")
        lab.say(gr.Markdown(elem_classes="subtitle"), value="autoencoder.posterior.prior")
        new = lab.say(digits(clickable=False), words="autoencoder.words.digits")
        button = lab.say(gr.Button(size="sm"), value="autoencoder.posterior.again")
        bars = lab.say(chart(height=220), words="autoencoder.words.kl")

    inputs = [stage.network, stage.picks]
    outputs, drawn = [stage.cloud, story, views], [near, new, bars]
    lab.on(button.click, draw_samples, inputs, drawn)
    events = [stage.picks.change, *stage.changes(lab)]
    seen = first_visit(place)
    once_seen(lab, seen, events, show_posterior, inputs, outputs)
    once_seen(lab, seen, events, draw_samples, inputs, drawn)
