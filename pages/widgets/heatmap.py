"""What an agent thinks over pole angle × angular velocity, and where a live cart is in it."""

from typing import Any

import gradio as gr

from pages.widgets import view

ANGLE = 12.0  # degrees, and degrees a second: the map's ends
SPIN = 171.9


def heatmap(follows: str = "", size: int = 360, **properties: Any) -> gr.HTML:
    """A square in colours, with a dot that follows the cart of the name `follows`.

    size: pixels a side at most. Properties, all optional: map {values: S × S numbers, a list or a
    `pages.widgets.pack` string, row by row from below; signed: whether zero is a colour of its
    own, between two; else from the least to the greatest; named: whether there is nothing but the
    two ends, whose numbers say nothing}; {} takes it away.

    Words: label, x, y, empty; low and high, or least and most of an unsigned map, name the ends of
    the colours, whose numbers stand beside them. Events: picked, with {angle, spin} in rad and
    rad/s, where it is clicked or where the arrow keys and the enter key point.
    """
    options = {"follows": follows, "size": size, "angle": ANGLE, "spin": SPIN}
    return view("heatmap", '<div class="nl nl-heatmap"></div>', options, **properties)
