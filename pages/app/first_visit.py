"""Computes the contents of a tab or section only when somebody opens it."""

import gradio as gr

from pages.app.events import QUIET


def first_visit(place: gr.Tab, ready: gr.State | None = None) -> gr.State:
    """A state that becomes true when a tab or section is opened for the first time.

    ready: a state; as long as it is false, opening does not count.
    """
    visited = gr.State(False)
    # (Outside the queue, Gradio does not tell the page that a state has changed.)
    place.select(lambda ready=True: ready, ready, visited, **QUIET)
    return visited
