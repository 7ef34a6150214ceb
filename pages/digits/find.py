"""Find my digit: draw one, and watch the latent that reproduces it being searched."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import anyio.to_thread
import gradio as gr
import numpy as np

from core.digits.invert import Step, invert
from core.drawing import centre
from core.errors import Problem
from pages.app.events import QUIET
from pages.app.lab import Lab
from pages.digits.stage import Stage, network_of
from pages.text import text
from pages.widgets.chart import chart
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

SECONDS = 0.12  # between two pictures
SIZE = 132  # pixels a side


async def search(
    lab: Lab, drawing: str, name: str, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Search, and show the best digit so far some eight times a second."""
    if not drawing:
        raise Problem("image.empty")
    network = network_of(lab, name, visitor)
    target = centre(decode_drawing(drawing))
    steps = invert(network.model, target)
    errors: list[tuple[int, float]] = []
    while True:
        step = await anyio.to_thread.run_sync(advance, steps, errors)
        if step is None:
            return
        yield [
            *picture(target, step, language),
            curve(errors, step.total, language),
            {"latent": step.latent.tolist(), "digit": step.label},
            gr.update(interactive=True),
            gr.update(interactive=step.step < step.total),
        ]


def advance(steps: Iterator[Step], errors: list[tuple[int, float]]) -> Step | None:
    """Search for as long as one picture stands; None at the end."""
    start, step = time.monotonic(), None
    for step in steps:
        errors.append((step.step, step.error))
        if time.monotonic() - start >= SECONDS:
            break
    return step


def picture(target: np.ndarray, step: Step, language: str) -> tuple[dict[str, Any], str]:
    """The drawing, the best digit so far, and what still differs."""
    tiles = [
        tile(target, title=text("digits.find.drawn", language)),
        tile(step.image, title=text("digits.find.found", language)),
        tile(
            (step.image - target) / 2 + 0.5,
            title=text("digits.find.difference", language),
            caption=text("digits.find.key", language),
            scale="signed",
        ),
    ]
    told = "digits.find.said" if step.label is not None else "digits.find.said_plain"
    sentence = text(
        told,
        language,
        step=step.step,
        total=step.total,
        error=f"{step.error:.3f}",
        label=step.label,
        length=f"{np.linalg.norm(step.latent):.1f}",
        usual=f"{len(step.latent) ** 0.5:.1f}",
    )
    return {"size": SIZE, "tiles": tiles}, sentence


def curve(errors: list[tuple[int, float]], total: int, language: str) -> dict[str, Any]:
    """The error of the best digit so far, step by step."""
    steps, values = zip(*errors, strict=True)
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": list(steps),
        "y": np.round(values, 5).tolist(),
        "line": {"color": "series:1", "width": 3},
    }
    layout = {
        "showlegend": False,
        "xaxis": {"title": {"text": text("digits.find.step", language)}, "range": [0, total]},
        "yaxis": {"title": {"text": text("digits.find.error", language)}, "rangemode": "tozero"},
    }
    return {"traces": [trace], "layout": layout}


def keep_drawing(lab: Lab, drawing: str, visitor: str, language: str) -> str:
    """Take in a drawing, or that the sheet is empty again."""
    if drawing:
        centre(decode_drawing(drawing))  # refuses what is none
    return drawing or ""


def forget(lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """What was found is another network's latent: it cannot be taken any more."""
    return [{}, *[gr.update(interactive=False)] * 2]


def take(lab: Lab, found: dict[str, Any], visitor: str, language: str) -> Sequence[Any]:
    """The digit that was found is the one at hand from now on."""
    if not found:
        raise Problem("image.empty")
    gr.Info(text("digits.find.taken", language))
    return [found["latent"], gr.skip() if found["digit"] is None else found["digit"]]


def build(lab: Lab, stage: Stage) -> None:
    """The sheet, and beside it the search."""
    lab.say(gr.Markdown(elem_classes="hint"), value="digits.find.hint")
    drawing, found = gr.State(""), gr.State({})
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            sheet = lab.say(pad(), words="digits.words.pad")
            with gr.Row():
                begin = lab.say(
                    gr.Button(variant="primary", min_width=100), value="digits.find.begin"
                )
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="digits.find.stop",
                )
        with gr.Column(scale=3, min_width=300):
            with gr.Column(elem_classes="easel"):
                view = lab.say(digits(SIZE, clickable=False), words="digits.words.search")
            said = gr.Markdown(elem_classes="verdict")
            errors = lab.say(chart(height=240), words="digits.words.errors")
            keep = lab.say(gr.Button(interactive=False), value="digits.find.take")

    lab.on(sheet.drawn, keep_drawing, [sheet], [drawing], trigger_mode="always_last")
    searching = lab.on(
        begin.click,
        search,
        [drawing, stage.network],
        [view, said, errors, found, keep, halt],
        concurrency_limit=4,
    )
    halt.click(None, None, None, cancels=[searching], queue=False, **QUIET)
    lab.at_once(halt.click, [halt], {"interactive": False})
    changes = [stage.network.change, stage.version.change]
    lab.on(changes, forget, [], [found, keep, halt], cancels=[searching])
    taken = lab.on(keep.click, take, [found], [stage.latent, stage.digit])
    if stage.show_after is not None:  # whoever is quick looks at it already
        stage.show_after(taken.success)
