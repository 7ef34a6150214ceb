"""One digit through all the networks, clean or corrupted; and the PCA baseline."""

from typing import Any

import gradio as gr
import numpy as np

from core import mnist
from core.autoencoder import baseline
from core.autoencoder.explore import compare, reconstruct
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.request import Request
from pages.autoencoder.shared import (
    NAME,
    Shared,
    available,
    images,
    label,
    network_name,
    network_of,
    number,
    pca_error,
    pca_of,
    requested,
)
from pages.text import text
from pages.widgets.digits import digits, tile

SIZE, ROW = 112, 64


def compare_networks(
    request: Request, *, picks: list[int], noise: float, masking: float, seed: float
) -> dict[str, Any]:
    """The last picked digit, corrupted, and the output and error of every network."""
    lab, language = request.lab, request.language
    names = available(lab) + [MINE] * (NAME in request.record.networks)
    models = {name: network_of(lab, name, request.visitor).model for name in names}
    index = (picks or [0])[-1]
    result = compare(models, images(index)[0], noise, masking, int(seed))
    best = min(result.errors, key=lambda name: result.errors[name])
    tiles = [
        tile(
            images(index)[0],
            title=text("autoencoder.original", language),
            caption=f"#{index}",
            digit=label(index),
        ),
        tile(
            result.corrupted,
            title=text("autoencoder.compare.corrupted", language),
            caption=text("autoencoder.error", language, error=number(result.corrupted_error)),
        ),
    ]
    for name in names:
        mark = " ★" if name == best else ""
        caption = text("autoencoder.error", language, error=number(result.errors[name])) + mark
        tiles.append(tile(result.pixels[name], title=network_name(name, language), caption=caption))
    return {"size": SIZE, "tiles": tiles}


def compare_with_pca(request: Request, *, name: str) -> dict[str, Any]:
    """Ten digits, by the network and by as many principal components as its code has numbers."""
    network, space = requested(request, name)
    size = network.model.config.code_size
    firsts = [int(np.flatnonzero(space.labels == digit)[0]) for digit in range(10)]
    originals = images(firsts)
    pca = pca_of(size)
    result = reconstruct(network.model, originals)
    linear = baseline.reconstruct(pca, originals)
    rows = (originals, result.pixels, linear)
    captions = (
        [""] * 10,
        [short(error) for error in result.errors],
        [short(error) for error in np.square(linear - originals).mean(axis=1)],
    )
    tiles = [
        tile(pixels, caption=caption, digit=digit)
        for row, notes in zip(rows, captions, strict=True)
        for digit, (pixels, caption) in enumerate(zip(row, notes, strict=True))
    ]
    ours, theirs = float(space.errors.mean()), pca_error(network)
    story = request.text(
        "autoencoder.compare.pca_story", name=network_name(network.name, request.language),
        size=size, ours=number(ours), pca=number(theirs), ratio=number(theirs / ours),
        count=f"{len(space):,}",
        data=request.text(f"autoencoder.facts.data.{mnist.at_hand().source}"),
    )  # fmt: skip
    return {"rows": {"size": ROW, "columns": 10, "tiles": tiles}, "story": story}


def short(error: float) -> str:
    """An error that fits below a tile on a phone."""
    return f"{error:.3f}".lstrip("0")


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The comparison above, the baseline below."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.compare")
    with gr.Row():
        noise = lab.translate(
            gr.Slider(0, 1, 0.3, step=0.01, interactive=True), label="autoencoder.compare.noise"
        )
        masking = lab.translate(
            gr.Slider(0, 0.9, 0, step=0.01, interactive=True), label="autoencoder.compare.masking"
        )
        seed = lab.translate(
            gr.Slider(0, 99, 0, step=1, interactive=True), label="autoencoder.compare.seed"
        )
    gallery = lab.translate(digits(clickable=False), words="autoencoder.words.digits")
    lab.translate(gr.Markdown(elem_classes="subtitle"), value="autoencoder.compare.pca_title")
    story = gr.Markdown(elem_classes="verdict")
    rows = lab.translate(digits(clickable=False), words="autoencoder.words.rows")

    inputs = {"picks": shared.picks, "noise": noise, "masking": masking, "seed": seed}
    lab.events.slide([noise, masking, seed], compare_networks, inputs, gallery)
    changes, visited = shared.changes(lab), first_visit(place)
    events = [shared.picks.change, *changes]
    lab.events.on(events, compare_networks, inputs, gallery, after=visited)
    outputs = {"rows": rows, "story": story}
    lab.events.on(changes, compare_with_pca, {"name": shared.network}, outputs, after=visited)
