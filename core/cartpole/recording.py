"""A trajectory as a file with Gymnasium's rendering: animated WebP or GIF, or MP4."""

import io
import os
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from PIL import Image

from core.cartpole.environment import EARTH, TIME_STEP, World, make_environment
from core.cartpole.rollout import Trajectory
from core.errors import Problem
from core.training.config import nearest

KINDS = ("webp", "gif", "mp4")
FRAME_STEPS = 2  # environment steps a frame: 25 frames a second in real time
WIDTH, HEIGHT = 600, 400  # pixels of Gymnasium's frames
COLOURS = 16  # of a GIF; Gymnasium uses four, with antialiased edges


def record_trajectory(run: Trajectory, kind: str = "webp", world: World = EARTH) -> bytes:
    """A trajectory as the content of a file, in real time; WebP and GIF loop.

    kind: one of `KINDS`. Raises `Problem` ("setting.choice") for another.
    """
    if kind not in KINDS:
        raise Problem("setting.choice", name="kind", choices=", ".join(KINDS), value=str(kind)[:80],
                      nearest=nearest(kind, KINDS))  # fmt: skip
    frames = render_frames(run, world)
    return _video(frames) if kind == "mp4" else _animation(frames, kind)


def render_frames(run: Trajectory, world: World = EARTH) -> Iterator[np.ndarray]:
    """Gymnasium's frames (400, 600, 3) uint8 of every second state and of the last."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    env = make_environment(world, render=True)
    # Gymnasium would open a pygame display, which all threads share and many servers lack.
    env.screen = pygame.Surface((WIDTH, HEIGHT))
    env.clock = pygame.time.Clock()
    for at in sorted({*range(0, len(run.states), FRAME_STEPS), len(run.states) - 1}):
        env.state = run.states[at]
        yield env.render()  # type: ignore[misc]


def _animation(frames: Iterator[np.ndarray], kind: str) -> bytes:
    images = [Image.fromarray(frame) for frame in frames]
    if kind == "gif":  # one palette for all frames: one for each takes ten times as long
        palette = images[0].quantize(COLOURS)
        images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    options = {"lossless": True, "method": 0} if kind == "webp" else {}
    content = io.BytesIO()
    images[0].save(
        content, kind, save_all=True, append_images=images[1:], loop=0,
        duration=round(1_000 * FRAME_STEPS * TIME_STEP), **options,
    )  # fmt: skip
    return content.getvalue()


def _video(frames: Iterator[np.ndarray]) -> bytes:
    """The frames as H.264 in MP4, which all browsers play."""
    import av

    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as file:
        stream = file.add_stream("libx264", Fraction(round(1 / (FRAME_STEPS * TIME_STEP))))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        file.mux(stream.encode())
    return content.getvalue()
