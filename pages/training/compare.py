"""Compares two trainings of a visitor: their curves in one chart, and the settings that differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from core.execution.job import Job
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import strings, text
from pages.training.plan import Plan
from pages.training.report import EMPTY_CHART, Events, axes, duration, lines, thinned
from pages.widgets.chart import chart

KEPT = 12  # trainings of a visitor in a tab


@dataclass(frozen=True)
class Past:
    """What is kept of a training after its end. seconds: its duration; metrics: see `Events`."""

    number: int
    recipe: str
    config: dict[str, Any]
    seconds: float
    step: int
    metrics: Events


def remember(plan: Plan, lab: Lab, job: Job | None, visitor: str) -> None:
    """Keep the settings and metrics of a training, before another takes its place."""
    if job is not None and job.metrics:
        kept = lab.visitors.get(visitor).kept
        kept[f"past {plan.tab}"] = runs_of(plan, lab, visitor, job)[-KEPT:]


def runs_of(plan: Plan, lab: Lab, visitor: str, job: Job | None) -> list[Past]:
    """The visitor's trainings, oldest first; job: the present one, if any."""
    past: list[Past] = lab.visitors.get(visitor).kept.get(f"past {plan.tab}", [])
    if job is None or not job.metrics:
        return past
    number = past[-1].number + 1 if past else 1
    config = job.config.to_dict()
    now = Past(number, job.recipe.name, config, job.elapsed, job.step, thinned(job.metrics))
    return [*past, now]


def name_of(plan: Plan, run: Past, language: str) -> str:
    """The name of a training in the choice: its number, network, last step and duration."""
    return text(
        "compare.run", language, number=run.number, network=plan.name(run.recipe, language),
        step=f"{run.step:,}", seconds=duration(run.seconds, language),
    )  # fmt: skip


def build(lab: Lab, plan: Plan) -> None:
    """Two trainings to choose, what differs, and their curves over each other."""
    with lab.translate(gr.Accordion(open=False), label="compare.title") as accordion:
        with gr.Row():
            chosen = [
                lab.translate(gr.Dropdown([], interactive=True), label=f"compare.{letter}")
                for letter in "ab"
            ]
        table = gr.Markdown(elem_classes="results")
        with gr.Row():
            plots = []
            for axis in plan.compared:
                with gr.Column(min_width=300):
                    plots.append(lab.translate(chart(height=280), words=f"training.words.{axis}"))
    outputs, inputs = {"differences": table, "plots": plots}, {"chosen": chosen}
    opened = [accordion.expand, lab.events.language_switched]
    lab.events.on(opened, partial(offer, plan), inputs, {"chosen": chosen, **outputs})
    lab.events.on([each.input for each in chosen], partial(compare, plan), inputs, outputs)


def offer(plan: Plan, request: Request, *, chosen: Sequence[int | None]) -> dict[str, Any]:
    """The trainings to choose from; the last two, until others are chosen."""
    runs = present_runs(plan, request)
    numbers = [run.number for run in runs]
    if any(number not in numbers for number in chosen):
        chosen = numbers[-2:] if len(numbers) > 1 else [None, None]
    choices = [(name_of(plan, run, request.language), run.number) for run in runs]
    updates = [gr.update(choices=choices, value=number) for number in chosen]
    return {"chosen": updates, **compare(plan, request, chosen=chosen)}


def present_runs(plan: Plan, request: Request) -> list[Past]:
    """The trainings of the visitor who asks, with the present one."""
    job = request.lab.runner.find(plan.owner(request.visitor))
    return runs_of(plan, request.lab, request.visitor, job)


def compare(plan: Plan, request: Request, *, chosen: Sequence[int | None]) -> dict[str, Any]:
    """The settings in which two trainings differ, and their curves: A's solid, B's dashed."""
    runs, language = present_runs(plan, request), request.language
    pair = [run for number in chosen for run in runs if run.number == number]
    if len(pair) < 2:
        return {
            "differences": request.text("compare.none"),
            "plots": [EMPTY_CHART] * len(plan.compared),
        }
    plots = []
    for axis, names in plan.compared.items():
        traces = [
            trace
            for letter, run, dash in zip("AB", pair, ("solid", "dash"), strict=True)
            for trace in lines(run.metrics, names, language, f"{letter} · ", dash)
        ]
        plots.append({"traces": traces, "layout": axes(axis, plan.steps, language)})
    return {"differences": differences(plan, pair, language), "plots": plots}


def differences(plan: Plan, pair: Sequence[Past], language: str) -> str:
    """A table in Markdown of the settings in which two trainings differ."""
    known = strings(language)
    rows = []
    if pair[0].recipe != pair[1].recipe:
        names = [plan.name(run.recipe, language) for run in pair]
        rows.append([text("training.recipe", language), *names])
    for name in dict.fromkeys(name for run in pair for name in run.config):
        values = [run.config.get(name) for run in pair]
        if values[0] == values[1]:
            continue
        label = known.get(f"training.setting.{name}", name)
        cells = [
            "–" if value is None else known.get(f"training.choice.{name}.{value}", f"{value}")
            for value in values
        ]
        rows.append([label, *cells])
    if not rows:
        return text("compare.same", language)
    table = [[text("compare.differs", language), "A", "B"], ["---", "---", "---"], *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)
