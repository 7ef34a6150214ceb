"""Pictures of 28 × 28 pixels as crisp tiles, and the way of pixels to and from the browser."""

import base64
import binascii
from typing import Any, Literal

import gradio as gr
import numpy as np

from core.errors import Problem
from pages.widgets import view

SIDE = 28
DRAWN = 112  # pixels a side of what the pad sends


def digits(size: int = 84, gap: int = 8, clickable: bool = True, **properties: Any) -> gr.HTML:
    """Tiles, in a flow or in a grid of so many columns.

    value {tiles: [see `tile`], columns: int (0 or absent: a flow), size, gap}; size (pixels a side,
    the most a tile takes) and gap stand for those given here. gap 0 makes a seamless sheet.

    Words: empty, label. Events: tile_click, with {index}; also by Enter, and the arrow keys walk.
    """
    markup = '<div class="nl nl-digits" role="group"></div>'
    options = {"size": size, "gap": gap, "clickable": clickable}
    return view("digits", markup, options, **properties)


def encode_pixels(pixels: np.ndarray) -> str:
    """784 values in [0, 1], of any shape, as base64 of bytes; what lies outside is cut off.

    Raises `Problem("image.size")` for any other number of values.
    """
    flat = np.asarray(pixels, dtype=np.float64).reshape(-1)
    if flat.size != SIDE * SIDE:
        raise Problem("image.size", expected=SIDE * SIDE, got=flat.size)
    levels = np.rint(np.nan_to_num(flat).clip(0, 1) * 255).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode("ascii")


def tile(
    pixels: np.ndarray,
    title: str = "",
    caption: str = "",
    scale: Literal["grey", "signed"] = "grey",
    digit: int | None = None,
    label: str = "",
    selected: bool = False,
) -> dict[str, Any]:
    """One tile from 784 values in [0, 1].

    scale: "signed" shows 0.5 as nothing, less in blue, more in orange. digit: draws that digit's
    colour below the picture. label: what a screen reader says, else title and caption.
    selected: draws a ring around the picture.
    """
    given = {"title": title, "caption": caption, "label": label, "digit": digit}
    optional = {name: value for name, value in given.items() if value not in ("", None)}
    shown = optional | ({"selected": True} if selected else {})
    return {"pixels": encode_pixels(pixels), "scale": scale} | shown


def decode_drawing(drawing: Any) -> np.ndarray:
    """What the pad sent, as (112, 112) values in [0, 1], ink = 1.

    Anybody can send anything: raises `Problem("image.size")` for whatever is no such drawing.
    """
    expected = DRAWN * DRAWN
    if not isinstance(drawing, str) or len(drawing) > 2 * expected:
        raise Problem("image.size", expected=expected, got=0)
    try:
        raw = base64.b64decode(drawing, validate=True)
    except (binascii.Error, ValueError):
        raise Problem("image.size", expected=expected, got=0) from None
    if len(raw) != expected:
        raise Problem("image.size", expected=expected, got=len(raw))
    return np.frombuffer(raw, dtype=np.uint8).reshape(DRAWN, DRAWN) / 255.0
