"""Where every head of a Transformer looks: in the sentences, as a heat map, all heads at once."""

from typing import Any

import gradio as gr

from pages.widgets import view


def attention(grid: bool = True, **properties: Any) -> gr.HTML:
    """The attention of one translation; choosing and pointing is answered in the browser.

    grid: whether all heads are drawn small, to choose from. Properties: value {source, target,
    input: pieces, "▁" for a space; layers, heads; encoder (L, H, S, S), decoder (L, H, T, T), cross
    (L, H, T, S): weights as `pages.widgets.pack` takes them}, {} for none.

    Words: label, empty, cross, encoder, decoder, layer, head, mean, looks, looked, end, start,
    french, english, weight, hint, all. Events: chosen {part, layer, head}, -1 for the mean.
    """
    markup = '<div class="nl nl-attention"></div>'
    return view("attention", markup, {"grid": grid}, **properties)
