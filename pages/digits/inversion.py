"""Find my digit: draw one, and follow the search for the latent that reproduces it."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio.to_thread
import gradio as gr
import numpy as np

from core.digits.invert import Step, invert
from core.drawing import centre
from core.errors import Problem
from pages.app.events import QUIET
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits.shared import Shared, requested_network
from pages.widgets.chart import chart
from pages.widgets.digits import decode_drawing, digits, tile
from pages.widgets.pad import pad

SECONDS = 0.12  # between two updates
SIZE = 132  # pixels a side


async def search(request: Request, *, drawing: str, network: str) -> AsyncIterator[dict[str, Any]]:
    """Search, and show the best digit so far some eight times a second."""
    if not drawing:
        raise Problem("image.empty")
    target = centre(decode_drawing(drawing))
    steps = invert(requested_network(request, network).model, target)
    errors: list[tuple[int, float]] = []
    while (step := await anyio.to_thread.run_sync(advance, steps, errors)) is not None:
        yield {
            "images": images(request, target, step),
            "description": describe(request, step),
            "errors": error_curve(request, errors, step.total),
            "found": {"latent": step.latent.tolist(), "digit": step.label},
            "take": gr.update(interactive=True),
            "stop": gr.update(interactive=step.step < step.total),
        }


def advance(steps: Iterator[Step], errors: list[tuple[int, float]]) -> Step | None:
    """Search until the next update is due; None at the end."""
    start, step = time.monotonic(), None
    for step in steps:
        errors.append((step.step, step.error))
        if time.monotonic() - start >= SECONDS:
            break
    return step


def images(request: Request, target: np.ndarray, step: Step) -> dict[str, Any]:
    """The drawing, the best digit so far, and their difference."""
    tiles = [
        tile(target, title=request.text("digits.find.drawn")),
        tile(step.image, title=request.text("digits.find.found")),
        tile(
            (step.image - target) / 2 + 0.5,
            title=request.text("digits.find.difference"),
            caption=request.text("digits.find.key"),
            scale="signed",
        ),
    ]
    return {"size": SIZE, "tiles": tiles}


def describe(request: Request, step: Step) -> str:
    """The state of the search as a sentence."""
    return request.text(
        "digits.find.said_plain" if step.label is None else "digits.find.said",
        step=step.step,
        total=step.total,
        error=f"{step.error:.3f}",
        label=step.label,
        length=f"{np.linalg.norm(step.latent):.1f}",
        usual=f"{len(step.latent) ** 0.5:.1f}",
    )


def error_curve(request: Request, errors: list[tuple[int, float]], total: int) -> dict[str, Any]:
    """The error of the best digit so far over the steps."""
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
        "xaxis": {"title": {"text": request.text("digits.find.step")}, "range": [0, total]},
        "yaxis": {"title": {"text": request.text("digits.find.error")}, "rangemode": "tozero"},
    }
    return {"traces": [trace], "layout": layout}


def keep_drawing(request: Request, *, drawing: str) -> str:
    """A valid drawing, or "". Raises `Problem` for anything else."""
    if drawing:
        centre(decode_drawing(drawing))
    return drawing or ""


def discard(request: Request) -> dict[str, Any]:
    """Discard the result, which is a latent of another network."""
    off = gr.update(interactive=False)
    return {"found": {}, "take": off, "stop": off}


def take(request: Request, *, found: dict[str, Any], replacements: int) -> dict[str, Any]:
    """Make the result the current digit."""
    if not found:
        raise Problem("image.empty")
    gr.Info(request.text("digits.find.taken"))
    digit = gr.skip() if found["digit"] is None else found["digit"]
    return {"latent": found["latent"], "digit": digit, "replacements": replacements + 1}


def build(lab: Lab, shared: Shared) -> None:
    """The pad on the left, the search on the right."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits.find.hint")
    drawing, found = gr.State(""), gr.State({})
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            sheet = lab.translate(pad(), words="digits.words.pad")
            with gr.Row():
                start = lab.translate(
                    gr.Button(variant="primary", min_width=100), value="digits.find.begin"
                )
                stop = lab.translate(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="digits.find.stop",
                )
        with gr.Column(scale=3, min_width=300):
            with gr.Column(elem_classes="easel"):
                view = lab.translate(digits(SIZE, clickable=False), words="digits.words.search")
            description = gr.Markdown(elem_classes="verdict")
            errors = lab.translate(chart(height=240), words="digits.words.errors")
            keep = lab.translate(gr.Button(interactive=False), value="digits.find.take")

    on = lab.events.on
    on(sheet.drawn, keep_drawing, {"drawing": sheet}, drawing, trigger_mode="always_last")
    result = {"found": found, "take": keep, "stop": stop}
    searching = on(
        start.click,
        search,
        {"drawing": drawing, "network": shared.network},
        {"images": view, "description": description, "errors": errors, **result},
        concurrency_limit=4,
    )
    stop.click(None, None, None, cancels=[searching], queue=False, **QUIET)
    lab.events.update_in_browser(stop.click, [stop], {"interactive": False})
    changes = [shared.network.change, shared.version.change]
    on(changes, discard, {}, result, cancels=[searching])
    replaced = {"latent": shared.latent, "digit": shared.digit}
    replaced["replacements"] = shared.replacements
    on(keep.click, take, {"found": found, "replacements": shared.replacements}, replaced)
