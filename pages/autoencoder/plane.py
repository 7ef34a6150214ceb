"""A decoded slice of latent space, as a grid of digits."""

from typing import Any

import gradio as gr
import numpy as np

from core.autoencoder.explore import slice_plane
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.positional import once_seen
from pages.autoencoder.cloud import decoded
from pages.autoencoder.stage import Stage, both_of, coordinates, number
from pages.text import text
from pages.widgets.digits import digits, tile

# What the choice of plane calls its two axes.
PLANES = {"12": (0, 1), "13": (0, 2), "23": (1, 2)}
RESOLUTION, SIZE = 13, 52


def cut(
    lab: Lab, name: str, plane: str, share: float, visitor: str, language: str
) -> tuple[Any, ...]:
    """Decode the plane of two axes; the third stands at a share, in percent, of its range."""
    network, atlas = both_of(lab, name, visitor)
    axes = PLANES.get(plane, (0, 1)) if network.model.config.code_size > 2 else (0, 1)
    third = 3 - sum(axes)
    low, high = atlas.ranges[third]
    grid = slice_plane(network.model, atlas, axes, low + (high - low) * share / 100, RESOLUTION)
    # Row 0 of the grid is the lowest of the second axis; on the page, up is more.
    rows = grid.pixels.reshape(RESOLUTION, RESOLUTION, -1)[::-1]
    tiles = [tile(pixels) for pixels in rows.reshape(RESOLUTION**2, -1)]
    story = text(
        "autoencoder.slice.story", language, first=axes[0] + 1, second=axes[1] + 1,
        third=third + 1, fixed=number(grid.fixed),
        left=number(float(grid.first[0])), right=number(float(grid.first[-1])),
        bottom=number(float(grid.second[0])), top=number(float(grid.second[-1])),
    )  # fmt: skip
    return {"size": SIZE, "columns": RESOLUTION, "gap": 0, "tiles": tiles}, story


def go_to(
    lab: Lab, index: Any, name: str, plane: str, share: float, visitor: str, language: str
) -> tuple[Any, ...]:
    """A digit of the grid was clicked: the sliders and the marker go to its place."""
    network, atlas = both_of(lab, name, visitor)
    axes = PLANES.get(plane, (0, 1)) if network.model.config.code_size > 2 else (0, 1)
    row, column = divmod(int(index), RESOLUTION)
    point = np.empty(3)
    shares = (column / (RESOLUTION - 1), 1 - row / (RESOLUTION - 1), share / 100)
    for axis, part in zip((*axes, 3 - sum(axes)), shares, strict=True):
        low, high = atlas.ranges[axis]
        point[axis] = low + (high - low) * part
    view = decoded(network, atlas, point, language)
    values = [gr.update(value=round(float(value), 3)) for value in point]
    return gr.update(marker=coordinates(point)), *values, view


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The grid in the centre, its controls beside it."""
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            grid = lab.say(digits(), words="autoencoder.words.grid")
        with gr.Column(scale=2, min_width=300):
            lab.say(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.slice")
            plane = lab.say(
                gr.Radio(list(PLANES), value="12", interactive=True),
                label="autoencoder.slice.plane",
                choices={key: f"autoencoder.slice.plane_{key}" for key in PLANES},
            )
            share = lab.say(
                gr.Slider(0, 100, 50, step=1, interactive=True), label="autoencoder.slice.share"
            )
            story = gr.Markdown(elem_classes="verdict")
            view = lab.say(digits(clickable=False), words="autoencoder.words.digits")

    inputs, outputs = [stage.network, plane, share], [grid, story]
    seen = first_visit(place)
    once_seen(lab, seen, stage.changes(lab), cut, inputs, outputs)
    lab.on(plane.input, cut, inputs, outputs)
    lab.slide([share], cut, inputs, outputs)
    lab.on(grid.tile_click, go_to, inputs, [stage.cloud, *stage.sliders, view], data=["index"])
