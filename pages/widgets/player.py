"""A short film of 28 × 28 pictures that plays in the browser."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from pages.widgets import view
from pages.widgets.digits import encode_pixels


def player(
    name: str = "", size: int = 140, frames_per_second: int = 12, autoplay: bool = True,
    **properties: Any,
) -> gr.HTML:  # fmt: skip
    """A player: the frame at hand, its caption, play, scrub, and all frames in a strip.

    name: by which a cloud follows it. size: pixels a side. It plays forth and back, pauses while
    hidden, and does not start by itself for visitors who asked for less motion.

    value {frames: [encoded pixels], captions: [str], name}: see `frames`. Words: play, pause,
    frame, empty, label. Events: frame, with {index}, when it changes, at most ten in a second.
    Besides, every frame shown fires `netlab:frame` {name, index} at the browser's window.
    """
    options = {
        "name": name, "size": size, "frames_per_second": frames_per_second, "autoplay": autoplay,
    }  # fmt: skip
    markup = '<div class="nl nl-player" role="group"></div>'
    return view("player", markup, options, **properties)


def frames(
    pictures: Sequence[np.ndarray] | np.ndarray, captions: Sequence[str] = (), name: str = ""
) -> dict[str, Any]:
    """The value of a player: pictures (N, 784) in [0, 1], and a caption for each, if any."""
    value: dict[str, Any] = {
        "frames": [encode_pixels(picture) for picture in pictures],
        "captions": list(captions),
    }
    return value | {"name": name} if name else value
