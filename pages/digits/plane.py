"""The game in the plane: small enough that the whole mind of both players can be drawn.

The visitor learns that the generator bends its plane of latents until it covers the real points,
that it follows the discriminator's slope and nothing else, and how the two chase each other.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import gradio as gr
import numpy as np

from core.digits import toy
from core.digits.config import ToyConfig
from core.job import Job
from pages.digits import live
from pages.digits.stage import Stage
from pages.lab import Lab
from pages.text import text
from pages.training import setting, settled
from pages.training.report import bar
from pages.widgets import pack
from pages.widgets.plane import plane

SECTION = "plane"
RECIPE = "digits-toy"
PACES = (2, 10, 50, 1_000)  # steps a second, from slow motion to as fast as it goes
# In the order of the page; all but the seed act on a running game too.
SETTINGS = ("shape", "loss", "discriminator_steps", "generator_rate", "discriminator_rate", "seed")
LIVE = SETTINGS[:-1]


def show_shape(lab: Lab, shape: str, drawn: str, visitor: str, language: str) -> dict[str, Any]:
    """Show the real points of a shape, or the sheet to draw them on."""
    return gr.update(real=real_points(shape, drawn), drawing={"on": shape == "drawn"})


def real_points(shape: str, drawn: str) -> str:
    """Some of the points that a game is played on, packed; none where none are drawn yet."""
    if shape == "drawn" and not drawn:
        return pack([])
    return pack(toy.points(ToyConfig(shape=shape, drawn=drawn), SHOWN))


def keep_drawing(lab: Lab, points: Any, visitor: str, language: str) -> str:
    """Take in what was drawn; a game that runs on it goes on with the new points."""
    drawn = ToyConfig(shape="drawn", drawn=points).drawn
    live.steer(SECTION, "drawn", lab, drawn, visitor, language)
    return drawn


def start(lab: Lab, drawn: str, pace: int, only: str, *rest: Any) -> None:
    """Begin a game from new random weights."""
    *values, visitor, _ = rest
    given = dict(zip(SETTINGS, values, strict=True))
    config = ToyConfig.from_dict({**given, "drawn": drawn, "pace": pace, "only": only})
    live.play(lab, SECTION, RECIPE, config, visitor)


async def watch(lab: Lab, visitor: str, language: str) -> AsyncIterator[Sequence[Any]]:
    """Draw the visitor's game as it moves, until it ends."""
    async for job, fresh, tell in live.follow(lab, SECTION, visitor):
        language = lab.seen(visitor).language or language
        looking_back = live.place(SECTION) in lab.seen(visitor).looking_at
        drawn: Any = gr.skip()
        if fresh and job.previews and not looking_back:
            drawn = gr.update(picture=picture(*job.previews[-1]))
        rest = told(lab, job, visitor, language) if tell else [gr.skip()] * 6
        yield [drawn, *rest]


def told(lab: Lab, job: Job, visitor: str, language: str) -> Sequence[Any]:
    """What stands around the picture: the sentence, the buttons, the slider of the history."""
    going = not job.ended
    return [
        live.status(job, remark(job, language), language),
        gr.update(interactive=not going),
        gr.update(interactive=going),
        gr.update(
            interactive=going and job.status != "waiting",
            value=text("training.go_on" if job.paused else "training.pause", language),
        ),
        gr.update(interactive=going and job.status != "waiting"),
        live.history(lab, SECTION, job, visitor),
    ]
