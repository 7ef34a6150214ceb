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
import torch

from core.digits import points
from core.digits.config import ToyConfig
from core.digits.toy import EDGE
from core.execution.job import Job
from pages.app.lab import Lab
from pages.digits import live
from pages.digits.stage import Stage
from pages.text import text
from pages.training import setting, settled
from pages.training.report import bar
from pages.widgets import pack
from pages.widgets.plane import plane

SECTION = "plane"
RECIPE = "digits-toy"
PACES = (2, 10, 50, 1_000)  # steps a second, from slow motion to as fast as it goes
# In the order of the page; all but the seed act at once, on a running game too.
SETTINGS = ("shape", "loss", "discriminator_steps", "generator_rate", "discriminator_rate", "seed")
LIVE = SETTINGS[1:-1]
SHOWN = 400  # real points drawn
ARROW = 0.1  # units of the plane for a slope of 1
LONGEST = 0.25  # arrow drawn
KINDS = {"ring": "modes", "grid": "modes", "spiral": "curve", "moons": "curve", "drawn": "points"}


def show_shape(lab: Lab, shape: str, drawn: str, visitor: str, language: str) -> dict[str, Any]:
    """Show the real points of a shape, or the sheet to draw them on."""
    sheet = {"on": shape == "drawn"}
    if shape == "drawn":
        return gr.update(real=[], drawing=sheet)
    config = ToyConfig(shape=shape)
    real = points.draw(config, SHOWN, torch.Generator().manual_seed(0))
    return gr.update(real=pack(real.numpy()), drawing=sheet)


def choose_shape(lab: Lab, shape: str, drawn: str, visitor: str, language: str) -> dict[str, Any]:
    """Play on another shape from now on."""
    if shape != "drawn" or drawn:
        live.steer(SECTION, lab, {"shape": shape, "drawn": drawn}, visitor)
    return show_shape(lab, shape, drawn, visitor, language)


def keep_drawing(lab: Lab, drawn: Any, shape: str, visitor: str, language: str) -> str:
    """Take in what was drawn; a game that runs on it goes on with the new points."""
    drawn = str(drawn).strip()
    if drawn:
        points.parse(drawn)
        live.steer(SECTION, lab, {"shape": shape, "drawn": drawn}, visitor)
    return drawn


def change(name: str, lab: Lab, value: Any, visitor: str, language: str) -> None:
    """Change a setting of the game that waits or runs."""
    live.steer(SECTION, lab, {name: value}, visitor)


def start(lab: Lab, drawn: str, pace: int, only: str, *rest: Any) -> None:
    """Begin a game from new random weights. Raises `Problem` for a drawing without points."""
    *values, visitor, _ = rest
    given = dict(zip(SETTINGS, values, strict=True))
    config = ToyConfig.from_dict({**given, "drawn": drawn, "pace": pace, "only": only})
    points.shape_of(config.shape, config.drawn)  # says now what is wrong with a drawing
    live.play(lab, SECTION, RECIPE, config, visitor)


async def watch(lab: Lab, visitor: str, language: str) -> AsyncIterator[Sequence[Any]]:
    """Follow the visitor's game until it ends."""
    tell = partial(told, lab, visitor)
    async for shown in live.follow(lab, SECTION, tell, 7, visitor, language):
        yield shown


def picture(step: int, preview: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """A preview of `toy.preview` as the plane takes it."""
    slopes = ARROW * preview["arrows"]
    lengths = np.linalg.norm(slopes, axis=1, keepdims=True)
    slopes = slopes * np.minimum(1, LONGEST / np.maximum(lengths, 1e-9))
    return {
        "step": step,
        "real": pack(preview["real"]),
        "fake": pack(preview["points"]),
        "heat": pack(preview["heat"]),
        "mesh": pack(preview["sheet"]),
        "arrows": pack(np.hstack([preview["points"][: len(slopes)], slopes])),
    }


def remark(job: Job, language: str) -> str:
    """How much of the real shape the generator has found."""
    if not job.previews:
        return ""
    assert isinstance(job.config, ToyConfig)
    found = points.find(job.previews[-1][1]["points"], job.config)
    return text(
        f"digits_game.found.{KINDS[job.config.shape]}",
        language,
        modes=found.modes,
        total=found.total,
        good=f"{found.good:.0%}",
    )


def told(lab: Lab, visitor: str, job: Job, language: str) -> Sequence[Any]:
    """What the picture follows, and around it the sentence, the buttons, the history's slider."""
    going = not job.ended
    return [
        gr.update(follow=live.followed(job, visitor)),
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


def recall(lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """After a reload: the settings of the visitor's game."""
    job = live.job_of(lab, SECTION, visitor)
    if job is None:
        return [gr.skip()] * (len(SETTINGS) + 1)
    config = job.config.to_dict()
    return [config["drawn"], *(config[name] for name in SETTINGS)]


def look_back(lab: Lab, position: float, visitor: str, language: str) -> dict[str, Any]:
    """Show the picture at a position of the game's history."""
    found = live.look_back(lab, SECTION, position, visitor)
    return gr.update(picture=picture(*found) if found else {})


def build(lab: Lab, stage: Stage, tab: gr.Tab) -> None:
    """The settings on the left, the plane in the centre, what can be done to the game below it."""
    feed = partial(live.feed, lab, SECTION, picture)
    known = {item.name: item for item in fields(ToyConfig)}
    lab.say(gr.Markdown(elem_classes="hint"), value="digits_game.plane.hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            named = {name: setting(lab, known[name]) for name in SETTINGS}
        with gr.Column(scale=4, min_width=300):
            report = lab.tell(gr.HTML(elem_classes="report"), nothing_yet)
            view = lab.say(plane(feed, 560, EDGE), words="digits_game.words.plane")
            slider = lab.say(
                gr.Slider(0, 1, 0, step=1, visible=False, interactive=True),
                label="training.history",
            )
        with gr.Column(scale=2, min_width=260):
            begin = lab.say(gr.Button(variant="primary"), value="digits_game.plane.start")
            with gr.Row():
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
                hold = lab.say(gr.Button(min_width=80, interactive=False), value="training.pause")
            once = lab.say(gr.Button(interactive=False), value="digits_game.plane.once")
            only = setting(lab, known["only"])
            pace = lab.say(
                gr.Radio(list(PACES), value=PACES[-1], interactive=True),
                label="training.setting.pace",
                choices={pace: f"digits_game.pace.{pace}" for pace in PACES},
            )
            lab.say(gr.Markdown(elem_classes="hint"), value="digits_game.plane.look")
    drawn, opened = gr.State(""), gr.State(False)

    shown = [view, report, begin, halt, hold, once, slider]
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    shape, controls = named["shape"], [named[name] for name in SETTINGS]
    lab.on(tab.select, live.look, [], [opened])
    recalled = lab.on(opened.change, recall, [], [drawn, *controls])
    lab.on(recalled.then, show_shape, [shape, drawn], [view])
    lab.on(opened.change, watch, [], shown, **streaming)
    lab.on(shape.input, choose_shape, [shape, drawn], [view])
    started = lab.on(begin.click, start, [drawn, pace, only, *controls], [])
    lab.on(started.success, watch, [], shown, **streaming)
    lab.on(view.drawn, keep_drawing, [view, shape], [drawn], trigger_mode="always_last")
    lab.on(halt.click, partial(live.stop, SECTION), queue=False)
    lab.on(hold.click, partial(live.hold, SECTION), [pace], queue=False)
    lab.on(once.click, partial(live.step_once, SECTION), queue=False)
    lab.on(slider.input, look_back, [slider], [view], trigger_mode="always_last")
    steered = {name: named[name] for name in LIVE} | {"only": only, "pace": pace}
    for name, control in steered.items():
        lab.on(settled(control), partial(change, name), [control], queue=False)


def nothing_yet(language: str) -> str:
    return bar(text("digits_game.live.none", language))
