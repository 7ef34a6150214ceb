"""A beam search as a tree: what was kept, what was pruned, what won."""

from typing import Any

import gradio as gr

from pages.widgets import view


def tree(**properties: Any) -> gr.HTML:
    """The candidates of a beam search, a step a column, the likelier above.

    Properties: value {nodes: [{number, parent (-1: the start), step, piece, change:
    log-probability of this token, total: of all so far; kept, ended, won}], ordered by step and
    total}, {} for none.

    Words: label, empty, start, end, total, change, kept, pruned, ended, won.
    """
    return view("tree", '<div class="nl nl-tree"></div>', **properties)
