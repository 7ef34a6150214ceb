"""An episode as a file: painted by Gymnasium itself, as an animated WebP or GIF, or as MP4."""

import io
import os
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from PIL import Image

from core.cartpole.play import Run
from core.cartpole.world import EARTH, STEP, World, environment
from core.config import nearest
from core.errors import Problem

KINDS = ("webp", "gif", "mp4")
EVERY = 2  # steps between two frames: 25 frames a second are real time
WIDTH, HEIGHT = 600, 400  # pixels, as Gymnasium paints
COLOURS = 16  # of a GIF: Gymnasium paints with four, and shades between them at the edges


def record(run: Run, kind: str = "webp", world: World = EARTH) -> bytes:
    """A run as the content of a file, at real time; WebP and GIF begin again after their end.

    Raises `Problem` ("setting.choice") for a kind that is not among `KINDS`.
    """
    if kind not in KINDS:
        raise Problem("setting.choice", name="kind", choices=", ".join(KINDS), value=str(kind)[:80],
                      nearest=nearest(kind, KINDS))  # fmt: skip
    pictures = paint(run, world)
    return _video(pictures) if kind == "mp4" else _animation(pictures, kind)


def paint(run: Run, world: World = EARTH) -> Iterator[np.ndarray]:
    """Gymnasium's own pictures (400, 600, 3) uint8 of every second state, and of the last."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    made = environment(world, render=True)
    # A surface of our own: Gymnasium would open pygame's display for one, which is shared by all
    # threads and missing on many servers.
    made.screen = pygame.Surface((WIDTH, HEIGHT))
    made.clock = pygame.time.Clock()
    for at in sorted({*range(0, len(run.states), EVERY), len(run.states) - 1}):
        made.state = run.states[at]
        yield made.render()  # type: ignore[misc]


def _animation(pictures: Iterator[np.ndarray], kind: str) -> bytes:
    frames = [Image.fromarray(picture) for picture in pictures]
    if kind == "gif":  # one palette for all: searching one for each takes ten times as long
        palette = frames[0].quantize(COLOURS)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    options = {"lossless": True, "method": 0} if kind == "webp" else {}
    content = io.BytesIO()
    frames[0].save(
        content, kind, save_all=True, append_images=frames[1:], loop=0,
        duration=round(1_000 * EVERY * STEP), **options,
    )  # fmt: skip
    return content.getvalue()


def _video(pictures: Iterator[np.ndarray]) -> bytes:
    """H.264, which every browser plays."""
    import av

    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as file:
        stream = file.add_stream("libx264", Fraction(round(1 / (EVERY * STEP))))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        for picture in pictures:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        file.mux(stream.encode())
    return content.getvalue()
