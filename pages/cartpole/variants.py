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
from pages.cartpole.experiment import FACTORS, OWNER, Experiment
from pages.cartpole.experiment_report import options, told, variants_of
from pages.cartpole.stage import FIRST, SHIPPED, TAB, Stage
from pages.text import DEFAULT
from pages.widgets.chart import chart

TICK = 0.5  # seconds between two polls
SILENCE = 6  # polls without news before an update is sent, which detects a closed page
SEEDS, STEPS = (1, 5), (5_000, 50_000)
BEGUN = (SHIPPED[0], FIRST)  # the initial selection


def experiment_of(lab: Lab, visitor: str) -> Experiment | None:
    """The last experiment of a visitor."""
    return lab.seen(visitor).kept.get(OWNER)


def offer(lab: Lab, factor: str, visitor: str, language: str) -> dict[str, Any]:
    """The variants of a factor in another language."""
    return gr.update(choices=options(factor, language))


def choose(lab: Lab, factor: str, visitor: str, language: str) -> dict[str, Any]:
    """Select all variants of another factor."""
    return gr.update(choices=options(factor, language), value=list(variants_of(factor)))


def compare(
    lab: Lab,
    factor: str,
    chosen: Sequence[Any],
    seeds: int,
    steps: int,
    visitor: str,
    language: str,
) -> None:
    """Train every chosen variant with every seed. Raises `Problem` where one of theirs runs."""
    lab.identify(visitor)
    chosen = [variant for variant in variants_of(factor) if variant in (chosen or ())]
    if not chosen:
        raise Problem("variants.empty")
    seeds, steps = check_count("seeds", seeds, *SEEDS), check_count("steps", steps, *STEPS)
    for place in (TAB, OWNER):
        job = lab.runner.find(f"{place} {visitor}")
        if job is not None and not job.ended:
            raise Problem("training.running")
    experiment = Experiment(factor, chosen, seeds, steps)
    lab.seen(visitor).kept[OWNER] = experiment
    experiment.advance(lab, visitor)


def stop(lab: Lab, visitor: str, language: str) -> None:
    """Stop; the results so far stay in the chart."""
    if experiment := experiment_of(lab, visitor):
        experiment.stop()


async def watch(lab: Lab, visitor: str, language: str) -> AsyncIterator[Sequence[Any]]:
    """Poll the visitor's experiment, which advances only while polled, and stream its report."""
    experiment, news, silent = experiment_of(lab, visitor), None, 0
    while experiment is not None and experiment.advance(lab, visitor):
        language = lab.seen(visitor).language or language
        latest = (experiment.at, experiment.job and len(experiment.job.metrics), language)
        silent += 1
        if latest != news or silent > SILENCE:
            news, silent = latest, 0
            yield told(experiment, language)
        await asyncio.sleep(TICK)
        if experiment_of(lab, visitor) is not experiment:  # replaced by another
            yield [gr.skip()] * 6
            return
    yield told(experiment, language)


def retell(lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """The report in another language."""
    return told(experiment_of(lab, visitor), language)


def recall(lab: Lab, factor: str, visitor: str, language: str) -> Sequence[Any]:
    """After a reload: the settings of the visitor's experiment."""
    experiment = experiment_of(lab, visitor)
    if experiment is None:
        return [gr.skip(), offer(lab, factor, visitor, language), gr.skip(), gr.skip()]
    chosen = gr.update(choices=options(experiment.factor, language), value=experiment.variants)
    return [experiment.factor, chosen, experiment.seeds, experiment.steps]


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """What differs, over how many seeds and steps; beside it the curves, and what they say."""
    first = next(iter(FACTORS))
    lab.say(gr.Markdown(elem_classes="hint"), value="cartpole_train.variants.hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            factor = lab.say(
                gr.Dropdown(list(FACTORS), value=first, interactive=True),
                label="cartpole_train.variants.factor_label",
                choices={name: f"cartpole_train.variants.factor.{name}" for name in FACTORS},
            )
            chosen = lab.say(
                gr.CheckboxGroup(options(first, DEFAULT), value=list(BEGUN), interactive=True),
                label="cartpole_train.variants.chosen",
            )
            seeds = lab.say(
                gr.Slider(*SEEDS, 3, step=1, interactive=True),
                label="cartpole_train.variants.seeds",
            )
            steps = lab.say(
                gr.Slider(*STEPS, 20_000, step=5_000, interactive=True),
                label="cartpole_train.variants.steps",
            )
            with gr.Row():
                begin = lab.say(
                    gr.Button(variant="primary", min_width=120),
                    value="cartpole_train.variants.begin",
                )
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
        with gr.Column(scale=5, min_width=300):
            report = gr.HTML(elem_classes="report")
            plot = lab.say(chart(height=400), words="cartpole_train.words.variants")
            lab.say(gr.Markdown(elem_classes="hint"), value="cartpole_train.variants.band")
            said = gr.Markdown(elem_classes="easy")
            figures = gr.Markdown(elem_classes="results")

    asked = [factor, chosen, seeds, steps]
    shown = [report, plot, said, figures, begin, halt]
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    seen = first_visit(place)
    lab.on(seen.change, recall, [factor], asked)
    lab.on(seen.change, watch, [], shown, **streaming)
    lab.on(factor.input, choose, [factor], [chosen])
    begun = lab.on(begin.click, compare, asked)
    lab.on(begun.success, watch, [], shown, **streaming)
    lab.on(halt.click, stop, queue=False)
    lab.on(lab.spoken.change, offer, [factor], [chosen])
    lab.on(lab.spoken.change, retell, [], shown)
