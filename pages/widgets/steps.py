"""A translation in the making: what stands there, and how likely each next token is."""

from typing import Any

import gradio as gr

from pages.widgets import view


def steps(**properties: Any) -> gr.HTML:
    """The tokens so far, and bars of the likeliest next ones, to be clicked.

    Properties: value {path: pieces; bars: [{token, piece, share}], best first; rest: what all other
    tokens have together; over: whether nothing follows}, {} for none.

    Words: label, empty, start, end, so_far, next, rest, over, back. Events: picked {token}, the
    next one; kept {count}, how many of the tokens so far stay.
    """
    return view("steps", '<div class="nl nl-steps"></div>', **properties)
