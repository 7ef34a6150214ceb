"""Sections that compute nothing before somebody looks at them."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import gradio as gr

from pages.app.lab import QUIET, Lab


def first_look(place: gr.Tab, ready: gr.State | None = None) -> gr.State:
    """What becomes true when a tab or a section comes into sight for the first time.

    ready: a state before whose being true that does not count.
    """
    seen = gr.State(False)
    # (Outside the queue, gradio does not tell the page that a state has changed.)
    place.select(lambda ready=True: ready, ready, seen, **QUIET)
    return seen


def once_seen(
    lab: Lab,
    seen: gr.State,
    events: Sequence[Callable[..., Any]],
    handler: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
) -> None:
    """Run a handler at the first look, and at these events from then on."""
    unchanged = gr.skip() if len(outputs) == 1 else [gr.skip()] * len(outputs)

    @wraps(handler)
    def follow(lab: Lab, seen: bool, *args: Any) -> Any:
        return handler(lab, *args) if seen else unchanged

    lab.on([seen.change, *events], follow, [seen, *inputs], outputs)
