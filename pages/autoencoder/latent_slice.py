"""A decoded slice of latent space, as a grid of digits."""

from typing import Any

import gradio as gr
import numpy as np

from core.autoencoder.explore import slice_plane
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.app.request import Request
from pages.autoencoder.cloud import decoded
from pages.autoencoder.shared import Shared, coordinates, number, requested
from pages.widgets.digits import digits, tile

# What the choice of plane calls its two axes.
PLANES = {"12": (0, 1), "13": (0, 2), "23": (1, 2)}
RESOLUTION, SIZE = 13, 52


def axes_of(network: Network, plane: str) -> tuple[int, int]:
    """The two axes of a plane, of which a code of two numbers has only one."""
    return PLANES.get(plane, (0, 1)) if network.model.config.code_size > 2 else (0, 1)


def show_slice(request: Request, *, name: str, plane: str, share: float) -> dict[str, Any]:
    """Decode the plane of two axes; the third is at a share, in percent, of its range."""
    network, space = requested(request, name)
    axes = axes_of(network, plane)
    third = 3 - sum(axes)
    low, high = space.ranges[third]
    grid = slice_plane(network.model, space, axes, low + (high - low) * share / 100, RESOLUTION)
    # Row 0 of the grid is the lowest of the second axis; on the page, up is more.
    rows = grid.pixels.reshape(RESOLUTION, RESOLUTION, -1)[::-1]
    tiles = [tile(pixels) for pixels in rows.reshape(RESOLUTION**2, -1)]
    story = request.text(
        "autoencoder.slice.story", first=axes[0] + 1, second=axes[1] + 1,
        third=third + 1, fixed=number(grid.fixed),
        left=number(float(grid.first[0])), right=number(float(grid.first[-1])),
        bottom=number(float(grid.second[0])), top=number(float(grid.second[-1])),
    )  # fmt: skip
    grid_view = {"size": SIZE, "columns": RESOLUTION, "gap": 0, "tiles": tiles}
    return {"grid": grid_view, "story": story}


def select(request: Request, *, index: Any, name: str, plane: str, share: float) -> dict[str, Any]:
    """Move the sliders and the marker to the point of a digit of the grid that was clicked."""
    network, space = requested(request, name)
    axes = axes_of(network, plane)
    row, column = divmod(int(index), RESOLUTION)
    point = np.empty(3)
    shares = (column / (RESOLUTION - 1), 1 - row / (RESOLUTION - 1), share / 100)
    for axis, part in zip((*axes, 3 - sum(axes)), shares, strict=True):
        low, high = space.ranges[axis]
        point[axis] = low + (high - low) * part
    return {
        "cloud": gr.update(marker=coordinates(point)),
        "sliders": [gr.update(value=round(float(value), 3)) for value in point],
        "decoded": decoded(network, space, point, request.language),
    }


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The grid in the centre, its controls beside it."""
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            grid = lab.translate(digits(), words="autoencoder.words.grid")
        with gr.Column(scale=2, min_width=300):
            lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.slice")
            plane = lab.translate(
                gr.Radio(list(PLANES), value="12", interactive=True),
                label="autoencoder.slice.plane",
                choices={key: f"autoencoder.slice.plane_{key}" for key in PLANES},
            )
            share = lab.translate(
                gr.Slider(0, 100, 50, step=1, interactive=True), label="autoencoder.slice.share"
            )
            story = gr.Markdown(elem_classes="verdict")
            view = lab.translate(digits(clickable=False), words="autoencoder.words.digits")

    inputs = {"name": shared.network, "plane": plane, "share": share}
    outputs = {"grid": grid, "story": story}
    events = [plane.input, *shared.changes(lab)]
    lab.events.on(events, show_slice, inputs, outputs, after=first_visit(place))
    lab.events.slide([share], show_slice, inputs, outputs)
    point = {"cloud": shared.cloud, "sliders": shared.sliders, "decoded": view}
    lab.events.on(grid.tile_click, select, inputs, point, data=["index"])
