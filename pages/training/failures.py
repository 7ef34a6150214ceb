"""The failure lab: predict how a broken training ends, run it, see it beside the healthy one.

The visitor learns what each part of a network or of its training is there for, by what happens
without it. Every handler takes the `FailureLab` of its tab before the request.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from core.errors import Problem
from core.recipes import find as find_recipe
from core.training.config import Config
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import text
from pages.training.failure_lab import FailureLab, unknown_choice
from pages.training.report import bar, standing
from pages.widgets.chart import chart

SECONDS = 240.0  # that a training may take
TICK = 0.5  # seconds between two looks


def choose(failures: FailureLab, request: Request, *, name: str) -> dict[str, Any]:
    """Set up a failure: nothing runs before its visitor has made a prediction."""
    story = failures.story(name, request.language)
    request.lab.runner.forget(failures.owner("broken", request.visitor))
    updates = failures.updates(request, name, None)
    del updates["run"]  # which the browser has disabled, and a prediction may have enabled again
    return updates | {"story": story}


def run(failures: FailureLab, request: Request, *, name: str, prediction: Any) -> dict[str, Any]:
    """Train what was set up, then the healthy one. Raises `Problem` without a prediction."""
    lab, visitor = request.lab, request.visitor
    lab.visitors.require(visitor)
    failure = failures.find(name)
    others = [lab.runner.find(f"{tab} {visitor}") for tab in (failures.tab, *failures.alongside)]
    if any(job is not None and not job.ended for job in others):
        raise Problem("training.running")
    if prediction not in failures.outcomes:
        raise unknown_choice("prediction", prediction, failures.outcomes)
    submit(failures, request, failure.config, "broken")
    _, healthy = failures.jobs(lab, visitor)
    if healthy is None or (healthy.ended and healthy.ending != "complete"):
        submit(failures, request, failures.healthy, "healthy")
    return gr.update(interactive=False)


def submit(failures: FailureLab, request: Request, config: Config, which: str) -> None:
    """Begin a training, or put it into the queue."""
    lab, owner = request.lab, failures.owner(which, request.visitor)
    recipe = find_recipe(failures.recipe)
    lab.runner.submit(recipe, config, owner, str(lab.device), SECONDS, evaluate=False)


def stop(failures: FailureLab, request: Request) -> None:
    """End both trainings; their curves stay. The healthy one first, or it would start."""
    for job in reversed(failures.jobs(request.lab, request.visitor)):
        if job is not None and not job.ended:
            job.stop()


async def watch(
    failures: FailureLab, request: Request, *, name: str, prediction: str | None
) -> AsyncIterator[dict[str, Any]]:
    """Follow both trainings until they end, or until another failure is set up."""
    failures.find(name)
    lab, visitor = request.lab, request.visitor
    first, _ = failures.jobs(lab, visitor)
    sent = None
    while first is not None and first is failures.jobs(lab, visitor)[0]:
        jobs = [job for job in failures.jobs(lab, visitor) if job is not None]
        over = all(job.ended for job in jobs)
        for job in jobs:
            job.touch()
        request = replace(request, language=request.record.language or request.language)
        news = [(standing(job), len(job.metrics), job.place, request.language) for job in jobs]
        if news != sent:
            sent = news
            yield failures.updates(request, name, prediction)
        if over:
            return
        await asyncio.sleep(TICK)
    yield {}


def refresh(
    failures: FailureLab, request: Request, *, name: str, prediction: str | None
) -> dict[str, Any]:
    """What is set up, and whatever runs or ran, in the visitor's language."""
    story = failures.story(name, request.language)
    return {"opened": True, "story": story, **failures.updates(request, name, prediction)}


def predict(request: Request, *, prediction: str | None) -> dict[str, Any]:
    """Enable the trainings after a prediction."""
    return gr.update(interactive=prediction is not None)


def build(lab: Lab, failures: FailureLab, place: gr.Tab) -> None:
    """Prediction and outcome on the left; on the right the curves of both trainings."""
    prefix = failures.prefix
    lab.translate(gr.Markdown(elem_classes="hint"), value=f"{prefix}.hint")
    name = lab.translate(
        gr.Radio(list(failures.failures), value=next(iter(failures.failures)), interactive=False),
        label="failures.name",
        choices={key: f"{prefix}.{key}.name" for key in failures.failures},
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            story = gr.Markdown(elem_classes="story")
            prediction = lab.translate(
                gr.Radio(list(failures.outcomes), interactive=False),
                label=f"{prefix}.prediction",
                choices={key: f"{prefix}.outcome.{key}" for key in failures.outcomes},
            )
            with gr.Row():
                run_button = lab.translate(
                    gr.Button(variant="primary", interactive=False), value="failures.run"
                )
                stop_button = lab.translate(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
            verdict = gr.Markdown(elem_classes="seen")
            reason = gr.Markdown(elem_classes="remedy")
        with gr.Column(scale=3, min_width=300):
            status = lab.translate(
                gr.HTML(elem_classes="report"),
                value=lambda language: bar(text("failures.predict_first", language)),
            )
            curves = [
                lab.translate(chart(height=260), words=f"{prefix}.words.{figure}")
                for figure in failures.figures
            ]

    on, opened = lab.events.on, gr.State(False)
    inputs = {"name": name, "prediction": prediction}
    changing = {
        "status": status, "curves": curves, "verdict": verdict, "reason": reason,
        "run": run_button, "stop": stop_button,
    }  # fmt: skip
    outputs = {"story": story, **changing}
    on(
        lab.events.language_switched, partial(refresh, failures), inputs,
        {"opened": opened, **outputs}, after=first_visit(place),
    )  # fmt: skip
    # The answer to the first visit would undo what was chosen before it.
    enabled, disabled = {"interactive": True}, {"interactive": False}
    lab.events.update_in_browser(opened.change, [name, prediction], enabled, enabled)
    lab.events.update_in_browser(
        name.input, [prediction, run_button], {"value": None, **enabled}, disabled
    )
    on(prediction.input, predict, {"prediction": prediction}, run_button)
    started = on(run_button.click, partial(run, failures), inputs, prediction)
    # The handler only waits, so that any number of them may run at once.
    watching = on(
        started.success, partial(watch, failures), inputs, changing, concurrency_limit=None
    )
    # Updates of the previous training may still be on their way.
    on(name.input, partial(choose, failures), {"name": name}, outputs, cancels=[watching])
    on(stop_button.click, partial(stop, failures), queue=False)
