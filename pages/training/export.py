"""Exports a training as a Python script, and its curves as a table."""

import csv
import io
import json
from collections.abc import Sequence
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


def build(lab: Lab) -> list[Any]:
    """The two buttons, and what holds the file on its way to the browser."""
    with gr.Row():
        names = ("training.script", "training.csv")
        buttons = [lab.translate(gr.Button(size="sm", min_width=120), value=name) for name in names]
    return [*buttons, lab.translate(gr.Textbox(visible=False), label="training.script")]


def wire(
    lab: Lab, plan: Plan, parts: Sequence[Any], watched: gr.State, recipe: Any,
    settings: Sequence[Any],
) -> None:  # fmt: skip
    """Connect the buttons. watched: see `job_of`; recipe, settings: the controls of the panel."""
    program, numbers, made = parts
    inputs = {"watched": watched, "recipe": recipe, "settings": settings}
    on = lab.events.on
    for taken in (
        on(program.click, partial(export_script, plan), inputs, made),
        on(numbers.click, partial(export_curves, plan), {"watched": watched}, made),
    ):
        taken.success(None, made, made, js=call_js("app/js/controls.js", "saveFile"), **QUIET)


def chosen(plan: Plan, recipe: str, values: Sequence[Any]) -> Any:
    """The settings on the page, as the recipe's `Config`. Raises `Problem` for what cannot be."""
    if recipe not in plan.settings:
        raise Problem("recipe.unknown", name=str(recipe)[:60], nearest=next(iter(plan.settings)))
    given = dict(zip(plan.fields(), values, strict=True))
    kind = find(recipe).Config
    live = {item.name: item.metadata["live"] for item in fields(kind)}
    return kind.from_dict(live | {name: given[name] for name in plan.settings[recipe]})


def export_script(
    plan: Plan, request: Request, *, watched: str, recipe: str, settings: Sequence[Any]
) -> str:
    """The training on the page as a program; before any, one with the settings on the page."""
    lab = request.lab
    job = job_of(plan, lab, watched, request.visitor)
    if job is None:
        made = script(find(recipe), chosen(plan, recipe, settings), lab.device.type, None, False)
        return json.dumps([f"{recipe}.py", made])
    whole = not job.ended or job.step >= job.total
    step = None if whole else job.step
    made = script(job.recipe, job.config, lab.device.type, step, job.steered)
    return json.dumps([f"{job.recipe.name}.py", made])


def export_curves(plan: Plan, request: Request, *, watched: str) -> str:
    """All metrics of the training on the page. Raises `Problem` where there are none."""
    job = job_of(plan, request.lab, watched, request.visitor)
    if job is None or not job.metrics:
        raise Problem("training.none")
    return json.dumps([f"{job.recipe.name}.csv", table(job)])


def table(job: Job) -> str:
    """Steps, seconds and figures of each event, as CSV; nothing where none was measured."""
    names = list(dict.fromkeys(name for _, _, figures in job.metrics for name in figures))
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["step", "seconds", *names])
    columns = {name: dict(measured(job.metrics, name)) for name in names}
    for step, seconds, _ in job.metrics:
        rows.writerow([step, round(seconds, 3), *(columns[name].get(step, "") for name in names)])
    return written.getvalue()
