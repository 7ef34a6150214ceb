"""A list of what is under way, with a button to end each."""

from typing import Any

import gradio as gr

from pages.widgets import view


def roster(**properties: Any) -> gr.HTML:
    """Rows, one below the other.

    value {rows: [{name, title, note, share: 0 to 1}]}.

    Words: label, stop, empty. Events: ended {name}.
    """
    markup = '<ul class="nl nl-roster"></ul>'
    return view("roster", markup, **properties)
