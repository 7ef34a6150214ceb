"""Every head and layer of a Transformer as a board of switches, coloured by what it is worth."""

from typing import Any

import gradio as gr

from pages.widgets import view


def heads(**properties: Any) -> gr.HTML:
    """Three boards, layers × heads: click a cell to cut the head, a layer's name to cut the layer.

    Properties: value {layers, heads; encoder, decoder, cross: worth (L, H) of every head, positive
    where the translation gets less likely without it}, {} for none; brought, what is to be cut,
    as the event says it.

    Words: label, empty, encoder, decoder, cross, layer, head, worth, restore, low, high. Events:
    changed {gone: "cross-1-2,decoder-1"}, all that is cut now.
    """
    return view("heads", '<div class="nl nl-boards"></div>', **properties)
