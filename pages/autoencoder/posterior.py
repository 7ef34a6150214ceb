"""The variational network's posterior: an ellipsoid in the cloud, draws, and the KL term."""

from typing import Any

import gradio as gr
import numpy as np

from core.autoencoder.explore import posterior, resample, sample_prior
from core.autoencoder.model import VariationalAutoencoder
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder.shared import Shared, images, number, requested
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import digits, tile

DRAWS, SIZE = 10, 56


def show_posterior(request: Request, *, name: str, picks: list[int]) -> dict[str, Any]:
    """The posterior of the last picked digit; a sentence where the network has none."""
    network, space = requested(request, name)
    if not isinstance(network.model, VariationalAutoencoder):
        sentence = request.text("autoencoder.posterior.none")
        hidden = gr.update(visible=False)
        return {"cloud": gr.update(ellipsoid={}), "story": sentence, "views": hidden}
    image = images((picks or [0])[-1])[0]
    found = posterior(network.model, space, image)
    shape = {
        "centre": np.round(found.centre.astype(float), 4).tolist(),
        "axes": np.round(found.axes.astype(float), 4).tolist(),
    }
    spread = ", ".join(number(float(value)) for value in found.deviations)
    kl = number(float(found.kl.sum()))
    return {
        "cloud": gr.update(ellipsoid=shape),
        "story": request.text("autoencoder.posterior.story", spread=spread, kl=kl),
        "views": gr.update(visible=True),
    }


def draw_samples(request: Request, *, name: str, picks: list[int]) -> dict[str, Any]:
    """Decode new draws from the posterior and from the prior, and chart the KL by dimension."""
    network, space = requested(request, name)
    if not isinstance(network.model, VariationalAutoencoder):
        return {"near": {"tiles": []}, "new": {"tiles": []}, "bars": {}}
    seed = int(np.random.default_rng().integers(2**31))
    image = images((picks or [0])[-1])[0]
    near = resample(network.model, image, DRAWS, seed).pixels
    new = sample_prior(network.model, DRAWS, seed).pixels
    return {
        "near": {"size": SIZE, "tiles": [tile(pixels) for pixels in near]},
        "new": {"size": SIZE, "tiles": [tile(pixels) for pixels in new]},
        "bars": kl_chart(space.kl if space.kl is not None else np.zeros(0), request.language),
    }


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


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The sentence, the draws and the bars; shown only where there is a posterior."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.posterior")
    story = gr.Markdown(elem_classes="verdict")
    with gr.Column(visible=False) as views:
        lab.translate(gr.Markdown(elem_classes="subtitle"), value="autoencoder.posterior.near")
        near = lab.translate(digits(clickable=False), words="autoencoder.words.digits")
        lab.translate(gr.Markdown(elem_classes="subtitle"), value="autoencoder.posterior.prior")
        new = lab.translate(digits(clickable=False), words="autoencoder.words.digits")
        button = lab.translate(gr.Button(size="sm"), value="autoencoder.posterior.again")
        bars = lab.translate(chart(height=220), words="autoencoder.words.kl")

    inputs = {"name": shared.network, "picks": shared.picks}
    outputs = {"cloud": shared.cloud, "story": story, "views": views}
    samples = {"near": near, "new": new, "bars": bars}
    events, visited = [shared.picks.change, *shared.changes(lab)], first_visit(place)
    lab.events.on(button.click, draw_samples, inputs, samples)
    lab.events.on(events, show_posterior, inputs, outputs, after=visited)
    lab.events.on(events, draw_samples, inputs, samples, after=visited)
