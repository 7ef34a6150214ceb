"""A page with every widget on it, for test_widgets.py: buttons update, a text box tells events."""

import itertools
import sys
import time
from typing import Any

import gradio as gr
import numpy as np

from pages.modules import modules_route
from pages.widgets import pack
from pages.widgets.chart import chart
from pages.widgets.cloud import cloud
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad
from pages.widgets.player import frames, player

# The corners of a cube and its middle, apart from each other and in no order of digits.
PLACES = np.array([[1, 1, 1], [-1, 1, 0], [1, -1, 0], [0, 0, 0], [-1, -1, 1], [0, 1, -1]], float)
DIGIT = [7, 3, 7, 0, 3, 9]
WORDS = {"digit": "digit", "error": "error", "landed": "drawn", "label": "Cloud", "empty": "Empty"}
scales = itertools.count(2)  # of the clouds that come one after the other
QUIET: dict[str, Any] = {"show_progress": "hidden"}


def at(index: int) -> dict[str, float]:
    return dict(zip("xyz", PLACES[index].tolist(), strict=True))


def points(packed: bool = True, scale: float = 1.0) -> dict[str, Any]:
    given = pack if packed else lambda values: np.asarray(values).tolist()
    columns = {axis: given(PLACES[:, i] * scale) for i, axis in enumerate("xyz")}
    return columns | {"digit": given(DIGIT), "error": given([0.1] * 6), "axes": ["a", "b", "c"]}


def curve(length: int) -> dict[str, Any]:
    line = {"type": "scatter", "x": list(range(length)), "y": list(range(length))}
    return {"traces": [line | {"line": {"color": "digit:7"}}], "layout": {}}


def pictures(count: int) -> np.ndarray:
    return np.linspace(0, 1, count)[:, None] * np.ones(784)


with gr.Blocks() as page:
    log = gr.Textbox(elem_id="log")

    def tell(event: gr.EventData) -> str:
        return " ".join(f"{name}={value}" for name, value in event._data.items())

    late = gr.Button("late")
    with gr.Tabs():
        with gr.Tab("Pad"):
            sheet = pad(words={"clear": "Clear", "undo": "Undo"}, elem_id="pad")
        with gr.Tab("Tiles"), gr.Tabs():
            with gr.Tab("Grid"):
                given = {"columns": 3, "gap": 0, "tiles": [tile(p) for p in pictures(9)]}
                grid = digits(value=given, words={"empty": "Empty"}, elem_id="grid")
                nothing = digits(words={"empty": "Nothing yet"}, elem_id="nothing")
            with gr.Tab("Second"):
                second = cloud(300, cloud=points(), words=WORDS, elem_id="second")
        with gr.Tab("Cloud"):
            mark, clear, again = (gr.Button(name) for name in ("mark 4", "clear", "new cloud"))
            first = cloud(400, follows="film", cloud=points(), words=WORDS, elem_id="cloud")
            still = {"autoplay": False, "words": {"play": "Play"}, "elem_id": "film"}
            film = player("film", value=frames(pictures(9)), **still)
        with gr.Tab("Chart"):
            more = gr.Button("more")
            plot = chart(300, value=curve(10), words={"empty": "Empty"}, elem_id="chart")

    def read_drawing(pixels: str) -> str:
        time.sleep(0.4)  # long enough for the next to wait
        if not pixels:
            return "cleared"
        ink = decode_drawing(pixels)
        return f"ink {ink.sum():.0f} rows {np.flatnonzero(ink.any(1)).size}"

    for event in (first.point_click, second.point_click, grid.tile_click, plot.chart_click):
        event(tell, None, log, **QUIET)
    film.frame(tell, None, log, **QUIET)
    sheet.drawn(read_drawing, sheet, log, trigger_mode="always_last", **QUIET)
    mark.click(lambda: gr.update(marker=at(4)), None, first, **QUIET)
    clear.click(lambda: gr.update(marker={}), None, first, **QUIET)
    again.click(lambda: gr.update(cloud=points(False, next(scales))), None, first, **QUIET)
    more.click(lambda: curve(40), None, plot, **QUIET)
    # Both reach a widget that is not on the page yet, and neither carries its points.
    late.click(lambda: gr.update(marker=at(1)), None, second, **QUIET).then(
        lambda: gr.update(words=WORDS | {"digit": "数字"}), None, second, **QUIET
    )

if __name__ == "__main__":
    routes = [modules_route()]
    page.launch(
        server_port=int(sys.argv[1]), quiet=True, ssr_mode=False, app_kwargs={"routes": routes}
    )
