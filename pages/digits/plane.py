"""A GAN in the plane, small enough to draw all that generator and discriminator compute.

The visitor learns that the generator maps the plane of latents onto the real points, that it
follows the discriminator's gradient and nothing else, and how each reacts to the other.
"""

from collections.abc import Mapping
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
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits import toy_training
from pages.text import text
from pages.training import setting, settled
from pages.training.report import bar
from pages.widgets import pack
from pages.widgets.plane import plane

SECTION = "plane"
PACES = (2, 10, 50, 1_000)  # steps a second, from slow motion to unlimited
# In the order of the page; all but the seed act at once, on a running training too.
SETTINGS = ("shape", "loss", "discriminator_steps", "generator_rate", "discriminator_rate", "seed")
LIVE = SETTINGS[1:-1]
SHOWN = 400  # real points drawn
ARROW = 0.1  # units of the plane for a gradient of norm 1
LONGEST = 0.25  # arrow drawn
KINDS = {"ring": "modes", "grid": "modes", "spiral": "curve", "moons": "curve", "drawn": "points"}


def show_shape(request: Request, *, shape: str) -> dict[str, Any]:
    """The real points of a shape, or the sheet to draw them on."""
    sheet = {"on": shape == "drawn"}
    if shape == "drawn":
        return gr.update(real=[], drawing=sheet)
    real = points.draw(ToyConfig(shape=shape), SHOWN, torch.Generator().manual_seed(0))
    return gr.update(real=pack(real.numpy()), drawing=sheet)


def choose_shape(request: Request, *, shape: str, drawn: str) -> dict[str, Any]:
    """Train on another shape from now on."""
    if shape != "drawn" or drawn:
        toy_training.change_settings(request, SECTION, {"shape": shape, "drawn": drawn})
    return show_shape(request, shape=shape)


def keep_drawing(request: Request, *, drawn: Any, shape: str) -> str:
    """Keep the visitor's points; a training on them goes on with the new ones."""
    drawn = str(drawn).strip()
    if drawn:
        points.parse(drawn)
        toy_training.change_settings(request, SECTION, {"shape": shape, "drawn": drawn})
    return drawn


def start(
    request: Request, *, drawn: str, pace: int, only: str, settings: Mapping[str, Any]
) -> None:
    """Start a training from new random weights. Raises `Problem` for a drawing without points."""
    config = ToyConfig.from_dict({**settings, "drawn": drawn, "pace": pace, "only": only})
    points.shape_of(config.shape, config.drawn)  # raises before the training starts
    toy_training.start(request, SECTION, config)


def convert(step: int, preview: toy_training.Preview) -> dict[str, Any]:
    """A preview of `toy.preview` as the widget takes it."""
    arrows = ARROW * preview["arrows"]
    lengths = np.linalg.norm(arrows, axis=1, keepdims=True)
    arrows = arrows * np.minimum(1, LONGEST / np.maximum(lengths, 1e-9))
    return {
        "step": step,
        "real": pack(preview["real"]),
        "fake": pack(preview["points"]),
        "heat": pack(preview["heat"]),
        "mesh": pack(preview["sheet"]),
        "arrows": pack(np.hstack([preview["points"][: len(arrows)], arrows])),
    }


def remark(request: Request, job: Job) -> str:
    """How much of the real shape the generator covers."""
    if not job.previews:
        return ""
    assert isinstance(job.config, ToyConfig)
    found = points.measure_coverage(job.previews[-1][1]["points"], job.config)
    key = f"digits_game.found.{KINDS[job.config.shape]}"
    return request.text(key, modes=found.modes, total=found.total, good=f"{found.good:.0%}")


def outputs(request: Request, job: Job) -> dict[str, Any]:
    """All that changes while a training runs."""
    running = not job.ended and job.status != "waiting"
    resume = request.text("training.go_on" if job.paused else "training.pause")
    return {
        "view": toy_training.followed(request, job),
        "report": toy_training.status(request, job, remark(request, job)),
        "start": gr.update(interactive=job.ended),
        "stop": gr.update(interactive=not job.ended),
        "pause": gr.update(interactive=running, value=resume),
        "step": gr.update(interactive=running),
        "history": toy_training.history(request, SECTION, job),
    }


def restore(request: Request) -> dict[str, Any]:
    """After a reload: the settings of the visitor's training."""
    job = toy_training.job_of(request.lab, SECTION, request.visitor)
    if job is None:
        return {}
    config = job.config.to_dict()
    return {"drawn": config["drawn"], "settings": {name: config[name] for name in SETTINGS}}


def look_back(request: Request, *, position: float) -> dict[str, Any]:
    """The preview at a position of the training's history."""
    found = toy_training.look_back(request, SECTION, position)
    return gr.update(picture=convert(*found) if found else {})


def build(lab: Lab, place: gr.Tab) -> None:
    """The settings on the left, the plane in the centre, the controls on the right."""
    feed = partial(toy_training.next_preview, lab, SECTION, convert)
    known = {item.name: item for item in fields(ToyConfig)}
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_game.plane.hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            settings = {name: setting(lab, known[name]) for name in SETTINGS}
        with gr.Column(scale=4, min_width=300):
            report = lab.translate(
                gr.HTML(elem_classes="report"),
                value=lambda language: bar(text("digits_game.live.none", language)),
            )
            view = lab.translate(plane(feed, 560, EDGE), words="digits_game.words.plane")
            slider = lab.translate(
                gr.Slider(0, 1, 0, step=1, visible=False, interactive=True),
                label="training.history",
            )
        with gr.Column(scale=2, min_width=260):
            begin = lab.translate(gr.Button(variant="primary"), value="digits_game.plane.start")
            with gr.Row():
                halt = lab.translate(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
                hold = lab.translate(
                    gr.Button(min_width=80, interactive=False), value="training.pause"
                )
            once = lab.translate(gr.Button(interactive=False), value="digits_game.plane.once")
            only = setting(lab, known["only"])
            pace = lab.translate(
                gr.Radio(list(PACES), value=PACES[-1], interactive=True),
                label="training.setting.pace",
                choices={pace: f"digits_game.pace.{pace}" for pace in PACES},
            )
            lab.translate(gr.Markdown(elem_classes="hint"), value="digits_game.plane.look")
    drawn, visited = gr.State(""), first_visit(place)

    on = lab.events.on
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    shown = {"view": view, "report": report, "start": begin, "stop": halt, "pause": hold}
    shown |= {"step": once, "history": slider}
    section = {"section": SECTION}
    follow = partial(toy_training.follow, **section, outputs=outputs)
    shape = {"shape": settings["shape"]}
    restored = on(visited.change, restore, {}, {"drawn": drawn, "settings": settings})
    on(restored.then, show_shape, shape, view)
    on(visited.change, follow, {}, shown, **streaming)
    on(settings["shape"].input, choose_shape, {**shape, "drawn": drawn}, view)
    asked = {"drawn": drawn, "pace": pace, "only": only, "settings": settings}
    started = on(begin.click, start, asked)
    on(started.success, follow, {}, shown, **streaming)
    on(view.drawn, keep_drawing, {"drawn": view, **shape}, drawn, trigger_mode="always_last")
    on(halt.click, partial(toy_training.stop, **section), queue=False)
    on(hold.click, partial(toy_training.pause, **section), {"pace": pace}, queue=False)
    on(once.click, partial(toy_training.step_once, **section), queue=False)
    on(slider.input, look_back, {"position": slider}, view, trigger_mode="always_last")
    for name, control in {**settings, "only": only, "pace": pace}.items():
        if name in (*LIVE, "only", "pace"):
            change = partial(toy_training.change_setting, **section, name=name)
            on(settled(control), change, {"value": control}, queue=False)
