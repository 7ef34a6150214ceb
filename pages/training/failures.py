"""A failure lab: a training is set up to go wrong; predict how, see it beside the healthy one.

The visitor learns what each part of a network or of its training is there for, by what happens
without it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

import gradio as gr

from core.errors import Problem
from core.recipes import find as find_recipe
from core.training.config import Config
from pages.app.lab import Lab
from pages.text import text
from pages.training.bench import OUTPUTS, Bench
from pages.training.report import bar, standing
from pages.widgets.chart import chart

SECONDS = 240.0  # that a training may take
TICK = 0.5  # seconds between two looks


def choose(bench: Bench, lab: Lab, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Set up a failure: nothing runs before its visitor has made a prediction."""
    bench.find(name)
    lab.runner.forget(bench.owner("broken", visitor))
    *seen, _, halt = bench.shown(lab, name, None, visitor, language)
    return [bench.story(name, language), *seen, gr.skip(), halt]


def run(
    bench: Bench, lab: Lab, name: str, prediction: Any, visitor: str, language: str
) -> dict[str, Any]:
    """Train what was set up, then the healthy one. Raises `Problem` without a prediction."""
    lab.identify(visitor)
    failure = bench.find(name)
    own = [lab.runner.find(f"{place} {visitor}") for place in (bench.tab, *bench.alongside)]
    if any(job is not None and not job.ended for job in own):
        raise Problem("training.running")
    if prediction not in bench.outcomes:
        given = {"choices": ", ".join(bench.outcomes), "value": str(prediction)[:80]}
        raise Problem("setting.choice", name="prediction", nearest=bench.outcomes[0], **given)
    submit(bench, lab, failure.config, "broken", visitor)
    well = lab.runner.find(bench.owner("healthy", visitor))
    if well is None or (well.ended and well.ending != "complete"):
        submit(bench, lab, bench.healthy, "healthy", visitor)
    return gr.update(interactive=False)


def submit(bench: Bench, lab: Lab, config: Config, which: str, visitor: str) -> None:
    """Begin a training, or put it into the queue."""
    recipe, place = find_recipe(bench.recipe), bench.owner(which, visitor)
    lab.runner.submit(recipe, config, place, str(lab.device), SECONDS, evaluate=False)


def stop(bench: Bench, lab: Lab, visitor: str, language: str) -> None:
    """End both trainings; what was seen stays."""
    for which in ("healthy", "broken"):
        job = lab.runner.find(bench.owner(which, visitor))
        if job is not None and not job.ended:
            job.stop()


async def watch(
    bench: Bench, lab: Lab, name: str, prediction: str | None, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Follow both trainings until they end, and say what becomes of them."""
    bench.find(name)
    said = None
    begun = lab.runner.find(bench.owner("broken", visitor))
    while begun is not None:
        jobs = bench.jobs(lab, visitor)
        if jobs[0] is not begun:  # something else is set up by now
            break
        going = [job for job in jobs if job is not None and not job.ended]
        for job in jobs:
            if job is not None:
                job.touch()
        language = lab.seen(visitor).language or language
        news = [(standing(job), len(job.metrics), job.place, language) for job in jobs if job]
        if news != said:
            said = news
            yield bench.shown(lab, name, prediction, visitor, language)
        if not going:
            return
        await asyncio.sleep(TICK)
    yield [gr.skip()] * OUTPUTS


def retell(
    bench: Bench,
    lab: Lab,
    opened: bool,
    name: str,
    prediction: str | None,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Say in another language what stands there."""
    if not opened:
        return [gr.skip()] * (1 + OUTPUTS)
    return [bench.story(name, language), *bench.shown(lab, name, prediction, visitor, language)]


def open_section(
    bench: Bench,
    lab: Lab,
    opened: bool,
    name: str,
    prediction: str | None,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """Show what is set up, and whatever runs or ran."""
    return [True, *retell(bench, lab, True, name, prediction, visitor, language)]


def predict(lab: Lab, prediction: str | None, visitor: str, language: str) -> dict[str, Any]:
    """Whoever has predicted may see."""
    return gr.update(interactive=prediction is not None)


def build(lab: Lab, bench: Bench, place: gr.Tab) -> None:
    """Predict and see on the left; on the right the broken training beside the healthy one."""
    first = next(iter(bench.failures))
    lab.say(gr.Markdown(elem_classes="hint"), value=f"{bench.prefix}.hint")
    name = lab.say(
        gr.Radio(list(bench.failures), value=first, interactive=False),
        label="failures.name",
        choices={key: f"{bench.prefix}.{key}.name" for key in bench.failures},
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            setup = gr.Markdown(elem_classes="story")
            prediction = lab.say(
                gr.Radio(list(bench.outcomes), interactive=False),
                label=f"{bench.prefix}.prediction",
                choices={key: f"{bench.prefix}.outcome.{key}" for key in bench.outcomes},
            )
            with gr.Row():
                begin = lab.say(
                    gr.Button(variant="primary", interactive=False), value="failures.run"
                )
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
            said = gr.Markdown(elem_classes="seen")
            why = gr.Markdown(elem_classes="remedy")
        with gr.Column(scale=3, min_width=300):
            report = lab.tell(
                gr.HTML(elem_classes="report"),
                lambda language: bar(text("failures.predict_first", language)),
            )
            plots = [
                lab.say(chart(height=260), words=f"{bench.prefix}.words.{figure}")
                for figure in bench.figures
            ]

    opened = gr.State(False)
    changing = [report, *plots, said, why, begin, halt]
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    inputs = [opened, name, prediction]
    lab.on(place.select, partial(open_section, bench), inputs, [opened, setup, *changing])
    lab.on(lab.spoken.change, partial(retell, bench), inputs, [setup, *changing])
    # What was chosen before the first answer would be undone by it.
    lab.at_once(opened.change, [name, prediction], {"interactive": True}, {"interactive": True})
    lab.at_once(name.input, [prediction, begin], {"value": None, "interactive": True},
                {"interactive": False})  # fmt: skip
    lab.on(prediction.input, predict, [prediction], [begin])
    begun = lab.on(begin.click, partial(run, bench), [name, prediction], [prediction])
    watching = lab.on(
        begun.success, partial(watch, bench), [name, prediction], changing, **streaming
    )
    # What was on its way of the old training may come after this.
    lab.on(name.input, partial(choose, bench), [name], [setup, *changing], cancels=[watching])
    lab.on(halt.click, partial(stop, bench), queue=False)
