"""A path between two picked digits: straight through code space, or through the data."""

from typing import Any

import gradio as gr

from core.autoencoder.explore import interpolate, walk
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.autoencoder.shared import Shared, label, line, number, requested
from pages.widgets.player import frames, player

FRAMES = 24
WAYS = ("straight", "data")


def show_path(request: Request, *, name: str, picks: list[int], way: str) -> dict[str, Any]:
    """Decode the path from A to B, and draw its line in the cloud."""
    if len(picks) < 2:
        story = request.text("autoencoder.path.pick")
        return {"cloud": gr.update(trail={}), "film": frames([]), "story": story}
    network, space = requested(request, name)
    start, end = (space.check_index(index) for index in picks)
    if way == "data":
        path = walk(network.model, space, start, end, FRAMES)
    else:
        path = interpolate(network.model, space.codes[start], space.codes[end], FRAMES)
    story = request.text(
        f"autoencoder.path.{'data' if way == 'data' else 'straight'}_story",
        first=label(start),
        second=label(end),
        length=number(path.length),
        stops=max(len(path.stops) - 2, 0),
    )
    points = space.view.to_view(path.codes)
    return {"cloud": gr.update(trail=line(points)), "film": frames(path.pixels), "story": story}


def swap(request: Request, *, picks: list[int]) -> list[int]:
    """Exchange A and B."""
    return picks[::-1]


def build(lab: Lab, shared: Shared, tab: gr.Tab) -> None:
    """The kind of path, the player and a sentence on the path."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.path")
    way = lab.translate(
        gr.Radio(list(WAYS), value="straight", interactive=True),
        label="autoencoder.path.way",
        choices={key: f"autoencoder.path.{key}" for key in WAYS},
    )
    film = lab.translate(player("path"), words="autoencoder.words.player")
    story = gr.Markdown(elem_classes="verdict")
    button = lab.translate(gr.Button(size="sm"), value="autoencoder.path.swap")

    lab.events.on(button.click, swap, {"picks": shared.picks}, shared.picks)
    lab.events.on(
        [shared.picks.change, way.input, *shared.changes(lab)],
        show_path,
        {"name": shared.network, "picks": shared.picks, "way": way},
        {"cloud": shared.cloud, "film": film, "story": story},
        after=first_visit(tab),
    )
