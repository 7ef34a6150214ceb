"""Matrices as coloured grids with their shapes, one row of them in numbers."""

from typing import Any

import gradio as gr

from pages.widgets import view


def matrices(**properties: Any) -> gr.HTML:
    """A chain of matrices, each under its name and shape, with the rows of one position framed.

    Properties: value {grids: [{name, shape: [N, M], values: as `pages.widgets.pack` takes them,
    kind: "signed" | "share" | "mask", rows: names or [], columns: names or [], row: which one is
    framed, -1 for none}]}, {} for none.

    Words: label, empty, start, end, numbers. Events: picked {row}, a row of a grid that frames one.
    """
    markup = '<div class="nl nl-matrices"></div>'
    return view("matrices", markup, **properties)
