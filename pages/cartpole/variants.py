"""Compare variants of a training over several seeds.

Lesson: one run proves nothing; which extension of DQN is an improvement.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr

from core.checks import check_count
from core.errors import Problem
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole.experiment import FACTORS, OWNER, Experiment
from pages.cartpole.experiment_report import options, report_of, variants_of
from pages.cartpole.shared import FIRST, SHIPPED, TAB, Shared
from pages.text import DEFAULT
from pages.widgets.chart import chart

TICK = 0.5  # seconds between two polls
SILENCE = 6  # polls without news before an update is sent, which detects a closed page
SEEDS, STEPS = (1, 5), (5_000, 50_000)
BEGUN = (SHIPPED[0], FIRST)  # the initial selection


def experiment_of(request: Request) -> Experiment | None:
    """The last experiment of the visitor."""
    return request.record.kept.get(OWNER)


def translate_variants(request: Request, *, factor: str) -> dict[str, Any]:
    """The names of the variants of a factor in another language."""
    return gr.update(choices=options(factor, request.language))


def select_variants(request: Request, *, factor: str) -> dict[str, Any]:
    """Select all variants of another factor."""
    return gr.update(choices=options(factor, request.language), value=list(variants_of(factor)))


def start(request: Request, *, factor: str, chosen: Sequence[Any], seeds: int, steps: int) -> None:
    """Train every chosen variant with every seed. Raises `Problem` where one of theirs runs."""
    lab, visitor = request.lab, request.visitor
    lab.visitors.require(visitor)
    chosen = [variant for variant in variants_of(factor) if variant in (chosen or ())]
    if not chosen:
        raise Problem("variants.empty")
    seeds, steps = check_count("seeds", seeds, *SEEDS), check_count("steps", steps, *STEPS)
    for place in (TAB, OWNER):
        job = lab.runner.find(f"{place} {visitor}")
        if job is not None and not job.ended:
            raise Problem("training.running")
    experiment = Experiment(factor, chosen, seeds, steps)
    request.record.kept[OWNER] = experiment
    experiment.advance(lab, visitor)


def stop(request: Request) -> None:
    """Stop; the results so far stay in the chart."""
    if experiment := experiment_of(request):
        experiment.stop()


async def watch(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Poll the visitor's experiment, which advances only while polled, and stream its report."""
    experiment, news, silent = experiment_of(request), None, 0
    language = request.language
    while experiment is not None and experiment.advance(request.lab, request.visitor):
        language = request.record.language or language
        latest = (experiment.at, experiment.job and len(experiment.job.metrics), language)
        silent += 1
        if latest != news or silent > SILENCE:
            news, silent = latest, 0
            yield report_of(experiment, language)
        await asyncio.sleep(TICK)
        if experiment_of(request) is not experiment:  # replaced by another
            yield {}
            return
    yield report_of(experiment, language)


def show_report(request: Request) -> dict[str, Any]:
    """The report as it is now."""
    return report_of(experiment_of(request), request.language)


def restore_settings(request: Request, *, factor: str) -> dict[str, Any]:
    """After a reload: the settings of the visitor's experiment."""
    experiment = experiment_of(request)
    if experiment is None:
        return {"chosen": translate_variants(request, factor=factor)}
    offered = options(experiment.factor, request.language)
    return {
        "factor": experiment.factor,
        "chosen": gr.update(choices=offered, value=experiment.variants),
        "seeds": experiment.seeds,
        "steps": experiment.steps,
    }


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """What differs, over how many seeds and steps; beside it the curves, and what they say."""
    first = next(iter(FACTORS))
    lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole_train.variants.hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            factor = lab.translate(
                gr.Dropdown(list(FACTORS), value=first, interactive=True),
                label="cartpole_train.variants.factor_label",
                choices={name: f"cartpole_train.variants.factor.{name}" for name in FACTORS},
            )
            chosen = lab.translate(
                gr.CheckboxGroup(options(first, DEFAULT), value=list(BEGUN), interactive=True),
                label="cartpole_train.variants.chosen",
            )
            seeds = lab.translate(
                gr.Slider(*SEEDS, 3, step=1, interactive=True),
                label="cartpole_train.variants.seeds",
            )
            steps = lab.translate(
                gr.Slider(*STEPS, 20_000, step=5_000, interactive=True),
                label="cartpole_train.variants.steps",
            )
            with gr.Row():
                begin = lab.translate(
                    gr.Button(variant="primary", min_width=120),
                    value="cartpole_train.variants.begin",
                )
                halt = lab.translate(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
        with gr.Column(scale=5, min_width=300):
            status = gr.HTML(elem_classes="report")
            plot = lab.translate(chart(height=400), words="cartpole_train.words.variants")
            lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole_train.variants.band")
            verdict = gr.Markdown(elem_classes="easy")
            table = gr.Markdown(elem_classes="results")

    on, seen = lab.events.on, first_visit(place)
    settings: dict[str, Any] = {"factor": factor, "chosen": chosen, "seeds": seeds, "steps": steps}
    shown = {"status": status, "chart": plot, "verdict": verdict, "table": table, "begin": begin,
             "stop": halt}  # fmt: skip
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    on(seen.change, restore_settings, {"factor": factor}, settings)
    on(seen.change, watch, {}, shown, **streaming)
    on(factor.input, select_variants, {"factor": factor}, chosen)
    on(on(begin.click, start, settings).success, watch, {}, shown, **streaming)
    on(halt.click, stop, queue=False)
    on(lab.events.language_switched, translate_variants, {"factor": factor}, chosen)
    on(lab.events.language_switched, show_report, {}, shown)
