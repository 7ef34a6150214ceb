"""Exports a training as a Python script, and its curves as a table."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.recipes import find
from core.training.script import script
from pages.app.events import QUIET
from pages.app.lab import Lab
from pages.app.request import Request
from pages.modules import call_js
from pages.training.plan import Plan
from pages.training.report import measured
from pages.training.sharing import job_of


def build(
    lab: Lab, plan: Plan, watched: gr.State, recipe: gr.Dropdown, settings: Mapping[str, Any]
) -> None:
    """The two buttons. watched: see `job_of`; recipe, settings: the controls of the panel."""
    with gr.Row():
        script_button, curves_button = (
            lab.translate(gr.Button(size="sm", min_width=120), value=f"training.{name}")
            for name in ("script", "csv")
        )
    file = lab.translate(gr.Textbox(visible=False), label="training.script")
    inputs = {"watched": watched, "recipe": recipe, "settings": settings}
    saved = call_js("app/js/controls.js", "saveFile")
    made = lab.events.on(script_button.click, partial(export_script, plan), inputs, file)
    made.success(None, file, file, js=saved, **QUIET)
    inputs = {"watched": watched}
    made = lab.events.on(curves_button.click, partial(export_curves, plan), inputs, file)
    made.success(None, file, file, js=saved, **QUIET)


def config_of(plan: Plan, recipe: str, settings: Mapping[str, Any]) -> Any:
    """The settings on the page, as the recipe's `Config`. Raises `Problem` for invalid ones."""
    if recipe not in plan.settings:
        raise Problem("recipe.unknown", name=str(recipe)[:60], nearest=next(iter(plan.settings)))
    kind = find(recipe).Config
    live = {item.name: item.metadata["live"] for item in fields(kind)}
    return kind.from_dict(live | {name: settings[name] for name in plan.settings[recipe]})


def export_script(
    plan: Plan, request: Request, *, watched: str, recipe: str, settings: Mapping[str, Any]
) -> str:
    """The training on the page as a program; before any, one with the settings on the page."""
    lab = request.lab
    job = job_of(plan, request, watched)
    if job is None:
        config = config_of(plan, recipe, settings)
        program = script(find(recipe), config, lab.device.type, None, False)
        return json.dumps([f"{recipe}.py", program])
    complete = not job.ended or job.step >= job.total
    last = None if complete else job.step
    program = script(job.recipe, job.config, lab.device.type, last, job.steered)
    return json.dumps([f"{job.recipe.name}.py", program])


def export_curves(plan: Plan, request: Request, *, watched: str) -> str:
    """All metrics of the training on the page. Raises `Problem` where there are none."""
    job = job_of(plan, request, watched)
    if job is None or not job.metrics:
        raise Problem("training.none")
    return json.dumps([f"{job.recipe.name}.csv", table(job)])


def table(job: Job) -> str:
    """Steps, seconds and metrics of each event, as CSV; nothing where none was measured."""
    names = list(dict.fromkeys(name for _, _, metrics in job.metrics for name in metrics))
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["step", "seconds", *names])
    columns = {name: dict(measured(job.metrics, name)) for name in names}
    for step, seconds, _ in job.metrics:
        rows.writerow([step, round(seconds, 3), *(columns[name].get(step, "") for name in names)])
    return written.getvalue()
