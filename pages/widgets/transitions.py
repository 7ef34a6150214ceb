"""Transitions of a replay memory as little carts: the state, the push, the target, the error."""

from typing import Any

import gradio as gr

from pages.widgets import view


def transitions(**properties: Any) -> gr.HTML:
    """A grid of cards, one for each transition.

    value {cards: [{state (x m, ẋ m/s, θ rad, θ̇ rad/s), action: 0 left | 1 right, target, error,
    end: "" | terminated | off | truncated, selected}], widest: the error whose bar is full}.

    Words: label, left, right, target, error, terminated, off, truncated, empty. Events: picked
    {index}.
    """
    markup = '<div class="nl nl-transitions" role="group"></div>'
    return view("transitions", markup, **properties)
