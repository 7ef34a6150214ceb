"""A cloud of codes in three dimensions, one colour for each digit, and what is marked in it."""

from typing import Any

import gradio as gr

from pages.widgets import view


def cloud(height: int = 520, follows: str = "", **properties: Any) -> gr.HTML:
    """The latent cloud. Its camera and its chosen digits survive every update.

    height: pixels (a phone's cloud is no taller than its page is wide). follows: the name of a
    player whose frames the dot on the trail keeps pace with, in the browser alone.

    Properties, all optional; numbers are lists or `pages.widgets.pack` strings:
    cloud {x, y, z, digit, error, axes: three titles}: the points; error may be left out, and z as
    well (codes of two numbers, seen from above);
    marker {x, y, z}: where the sliders stand; landed {x, y, z}: the drawn digit;
    picked [{x, y, z, name}]: chosen points; trail {x, y, z}: a path through the cloud;
    ellipsoid {centre: [3], axes: [[3], [3], [3]]}: its half-axes, as vectors;
    words: digit, error, landed, posterior, empty, label, zoom_in, zoom_out, spin, reset.

    Events: point_click, with {index}: the point's place in the arrays as they were given.
    """
    markup = '<div class="nl nl-cloud"></div>'
    options = {"height": height, "follows": follows}
    return view("cloud", markup, options, plotly=True, **properties)
