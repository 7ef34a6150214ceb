"""A sheet to draw a digit on, with mouse, pen, finger or keys."""

from typing import Any

import gradio as gr

from pages.widgets import view


def pad(undo: bool = True, **properties: Any) -> gr.HTML:
    """A drawing pad: white ink on black, as in MNIST.

    Its value, for handlers, is 112 × 112 bytes in base64, ink = 255, for `digits.decode_drawing`,
    or "" while the sheet is empty. Words: label, hint (on the empty sheet), clear, undo, pen_down,
    pen_up. Events: drawn, 150 ms after a stroke, as often while it grows, and once it is gone.
    Keys: arrows move the pen (with shift finely), space lowers and lifts it, backspace undoes,
    delete clears.
    """
    return view("pad", '<div class="nl nl-pad"></div>', {"undo": undo}, min_width=300, **properties)
