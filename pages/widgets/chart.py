"""A chart of any plotly traces, in the page's colours."""

from typing import Any

import gradio as gr

from pages.widgets import view


def chart(height: int = 320, **properties: Any) -> gr.HTML:
    """A two-dimensional plotly chart that keeps its zoom across updates.

    value {traces: [plotly traces], layout: {…}}: as plain data. Fonts, grid and background follow
    the page, light or dark. Wherever a colour may stand, "digit:7", "series:0", "diverging:2" and
    "theme:text" (soft, line, back, accent) name the lab's own; "series:0@0.2" is a thin one.

    Words: empty, label. Events: chart_click, with {x, y, curve, index}.
    """
    markup = '<div class="nl nl-chart" role="group"><div class="nl-plot"></div></div>'
    return view("chart", markup, {"height": height}, plotly=True, **properties)
