"""A path between two picked digits: straight through code space, or through the data."""

from typing import Any

import gradio as gr

from core.autoencoder.explore import interpolate, walk
from pages.app.lab import Lab
from pages.autoencoder.stage import Stage, both_of, label, line, number
from pages.text import text
from pages.widgets.player import frames, player

FRAMES = 24
WAYS = ("straight", "data")


def draw_path(
    lab: Lab,
    name: str,
    picks: list[int],
    way: str,
    opened: bool,
    visitor: str,
    language: str,
) -> tuple[Any, ...]:
    """Decode the way from A to B, and draw its line in the cloud, once this tool was opened."""
    if not opened or len(picks) < 2:
        return gr.update(trail={}), frames([]), text("autoencoder.path.pick", language)
    network, atlas = both_of(lab, name, visitor)
    start, end = (atlas.check_index(index) for index in picks)
    if way == "data":
        path = walk(network.model, atlas, start, end, FRAMES)
    else:
        path = interpolate(network.model, atlas.codes[start], atlas.codes[end], FRAMES)
    story = text(
        f"autoencoder.path.{'data' if way == 'data' else 'straight'}_story",
        language,
        first=label(start),
        second=label(end),
        length=number(path.length),
        stops=max(len(path.stops) - 2, 0),
    )
    points = atlas.view.to_view(path.codes)
    return gr.update(trail=line(points)), frames(path.pixels), story


def swap(lab: Lab, picks: list[int], visitor: str, language: str) -> list[int]:
    """Walk the other way round."""
    return picks[::-1]


def open_tool(lab: Lab, visitor: str, language: str) -> bool:
    """From now on the cloud shows the path too."""
    return True


def build(lab: Lab, stage: Stage, tab: gr.Tab) -> None:
    """The choice of way, the player and its story."""
    lab.say(gr.Markdown(elem_classes="hint"), value="autoencoder.hint.path")
    way = lab.say(
        gr.Radio(list(WAYS), value="straight", interactive=True),
        label="autoencoder.path.way",
        choices={key: f"autoencoder.path.{key}" for key in WAYS},
    )
    film = lab.say(player("path"), words="autoencoder.words.player")
    story = gr.Markdown(elem_classes="verdict")
    button = lab.say(gr.Button(size="sm"), value="autoencoder.path.swap")

    opened = gr.State(False)
    lab.on(tab.select, open_tool, [], [opened])
    inputs = [stage.network, stage.picks, way, opened]
    outputs = [stage.cloud, film, story]
    lab.on(button.click, swap, [stage.picks], [stage.picks])
    events = [stage.picks.change, way.input, opened.change, *stage.changes(lab)]
    lab.on(events, draw_path, inputs, outputs)
