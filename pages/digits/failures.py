"""The failure lab: a training is set up to fail; predict how, see it, apply the remedy.

The visitor learns to recognise three failures of GAN training, and what helps against each.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

import gradio as gr

from core.checks import check_choice
from core.digits.config import ToyConfig
from core.digits.failures import FAILURES, OUTCOMES, Facts, Failure, facts_of, outcome_of
from core.digits.toy import EDGE
from core.execution.job import Job
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.request import Request
from pages.digits import toy_training
from pages.digits.plane import convert
from pages.text import strings, text
from pages.training import setting, settled
from pages.training.report import bar, curves
from pages.widgets.chart import chart
from pages.widgets.plane import plane

SECTION = "failures"
PACE = 100  # steps a second: a failure takes some seconds to show
# What a visitor may change as a remedy; all of it acts at once.
SETTINGS = (
    "loss", "discriminator_steps", "generator_rate", "discriminator_rate", "momentum", "r1",
)  # fmt: skip
SCORES = {"real_score": 0, "fake_score": 1}


def choose(request: Request, *, name: str) -> dict[str, Any]:
    """Set up a failure: nothing runs before its visitor has made a prediction."""
    failure = find(name)
    toy_training.discard(request, SECTION)
    settings = settings_of(failure.config)
    return {**setup(request, failure), **before_start(request), "settings": settings}


def find(name: str) -> Failure:
    """A failure by its name. Raises `Problem` where there is none."""
    check_choice("failure", name, list(FAILURES))
    return FAILURES[name]


def settings_of(config: ToyConfig) -> dict[str, Any]:
    """The settings that a visitor may change."""
    return {name: getattr(config, name) for name in SETTINGS}


def setup(request: Request, failure: Failure) -> dict[str, Any]:
    """What is set up, with the settings that do it, and the outcomes to choose from."""
    made, usual = failure.config.to_dict(), ToyConfig().to_dict()
    changed = {key: value for key, value in made.items() if value != usual[key]}
    return {
        "setup": with_settings(request, f"{failure.name}.story", changed),
        "prediction": gr.update(choices=options(request, failure)),
    }


def before_start(request: Request) -> dict[str, Any]:
    """The outputs before anything runs, except "run"."""
    return {
        "view": gr.update(picture={}, real=[], follow={}),
        "report": bar(request.text("digits_game.break.predict_first")),
        "plot": {"traces": [], "layout": {}},
        "verdict": "",
        "remedy": request.text("digits_game.break.later"),
        "stop": gr.update(interactive=False),
        "apply": gr.update(interactive=False),
    }


def with_settings(request: Request, key: str, settings: Mapping[str, Any]) -> str:
    """A paragraph, and below it settings as a list in Markdown."""
    known = strings(request.language)
    lines = [request.text(f"digits_game.break.{key}"), ""]
    for name, value in settings.items():
        if name != "drawn":
            value = known.get(f"training.choice.{name}.{value}", value)
            label = request.text(f"training.setting.{name}")
            lines.append(request.text("digits_game.break.item", name=label, value=value))
    return "\n".join(lines)


def options(request: Request, failure: Failure) -> list[tuple[str, str]]:
    """Three outcomes to choose from, one of which is right."""
    other = "stuck" if failure.outcome == "collapses" else failure.outcome
    keys = ("covers", "collapses", other)
    return [(request.text(f"digits_game.outcome.{key}"), key) for key in keys]


def run(request: Request, *, name: str, prediction: str | None) -> dict[str, Any]:
    """Start the training that fails. Raises `Problem` without a prediction."""
    failure = find(name)
    check_choice("prediction", prediction, [key for _, key in options(request, failure)])
    toy_training.start(request, SECTION, replace(failure.config, pace=PACE))
    return {"prediction": gr.update(interactive=False), "settings": settings_of(failure.config)}


def apply_remedy(request: Request, *, name: str) -> dict[str, Any]:
    """Change the settings of the running training, or start one with the changed settings."""
    failure = find(name)
    config = replace(failure.config, pace=PACE, **failure.remedy)
    if job := toy_training.active_job(request, SECTION):
        job.send(failure.remedy)
    else:
        toy_training.start(request, SECTION, config)
    return {"settings": settings_of(config)}


async def follow(
    request: Request, *, name: str, prediction: str | None
) -> AsyncIterator[dict[str, Any]]:
    """The outputs of the training until its end."""
    shown = partial(outputs, find(name), prediction)
    async for each in toy_training.follow(request, section=SECTION, outputs=shown):
        yield each


def outputs(failure: Failure, prediction: str | None, request: Request, job: Job) -> dict[str, Any]:
    """All that changes while a training runs; the remedy is shown after the failure."""
    seen = job.step >= failure.steps
    remedy = request.text("digits_game.break.later")
    if seen:
        remedy = with_settings(request, f"{failure.name}.mend", failure.remedy)
    return {
        "view": toy_training.followed(request, job),
        "report": toy_training.status(request, job),
        "plot": curves(job, "score", SCORES, request.language),
        "verdict": verdict(request, job, failure, prediction),
        "remedy": remedy,
        "run": gr.update(interactive=job.ended and prediction is not None),
        "stop": gr.update(interactive=not job.ended),
        "apply": gr.update(interactive=seen),
    }


def verdict(request: Request, job: Job, failure: Failure, prediction: str | None) -> str:
    """The outcome so far, with its figures."""
    if not job.previews:
        return ""
    assert isinstance(job.config, ToyConfig)
    facts = facts_of(job.config, job.previews[-1][1], job.metrics[-1][2])
    outcome = outcome_of(facts)
    if settings_of(job.config) != settings_of(failure.config):
        words = request.text(f"digits_game.break.{'mended' if failure.cured(facts) else 'mending'}")
    elif job.step < failure.steps:
        words = request.text("digits_game.break.watch")
    elif outcome is None:
        words = request.text("digits_game.break.unclear")
    else:
        right = "right" if outcome == prediction else "wrong"
        seen = request.text(f"digits_game.seen.{outcome}")
        words = f"{seen} {request.text(f'digits_game.break.{right}')}"
    return f"{words}\n\n{figures(request, facts, job.step)}"


def figures(request: Request, facts: Facts, step: int) -> str:
    """The facts of a training as a sentence."""
    return request.text(
        "digits_game.break.facts",
        step=f"{step:,}",
        modes=facts.coverage.modes,
        total=facts.coverage.total,
        good=f"{facts.coverage.good:.0%}",
        real=f"{facts.real:.2f}",
        fake=f"{facts.fake:.2f}",
        pull=f"{facts.gradient_norm:.2g}",
    )


def translate(request: Request, *, name: str, prediction: str | None) -> dict[str, Any]:
    """What is shown, in another language."""
    failure, job = find(name), toy_training.job_of(request.lab, SECTION, request.visitor)
    if job:
        shown = outputs(failure, prediction, request, job)
    else:
        run = gr.update(interactive=prediction is not None)
        shown = {**before_start(request), "run": run}
    return {**setup(request, failure), **shown}


def build(lab: Lab, place: gr.Tab) -> None:
    """Prediction, outcome and remedy, one below the other; beside them the plane."""
    known = {item.name: item for item in fields(ToyConfig)}
    lab.translate(gr.Markdown(elem_classes="hint"), value="digits_game.break.hint")
    name = lab.translate(
        gr.Radio(list(FAILURES), value=next(iter(FAILURES)), interactive=True),
        label="digits_game.break.name",
        choices={key: f"digits_game.break.{key}.name" for key in FAILURES},
    )
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.translate(gr.Markdown(), value="digits_game.break.first")
            story = gr.Markdown(elem_classes="story")
            prediction = lab.translate(
                gr.Radio(list(OUTCOMES), interactive=True), label="digits_game.break.prediction"
            )
            lab.translate(gr.Markdown(), value="digits_game.break.second")
            with gr.Row():
                begin = lab.translate(
                    gr.Button(variant="primary", interactive=False), value="digits_game.break.run"
                )
                halt = lab.translate(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
            outcome = gr.Markdown(elem_classes="seen")
        with gr.Column(scale=1, min_width=300):
            report = lab.translate(
                gr.HTML(elem_classes="report"),
                value=lambda language: bar(text("digits_game.break.predict_first", language)),
            )
            feed = partial(toy_training.next_preview, lab, SECTION, convert)
            view = lab.translate(plane(feed, 480, EDGE), words="digits_game.words.broken")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.translate(gr.Markdown(), value="digits_game.break.third")
            remedy = gr.Markdown(elem_classes="remedy")
            apply = lab.translate(gr.Button(interactive=False), value="digits_game.break.apply")
            with lab.translate(gr.Accordion(open=False), label="digits_game.break.own"):
                settings = {key: setting(lab, known[key]) for key in SETTINGS}
        with gr.Column(scale=1, min_width=300):
            plot = lab.translate(chart(height=280), words="training.words.score")

    on = lab.events.on
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    changing = {"view": view, "report": report, "plot": plot, "verdict": outcome}
    changing |= {"remedy": remedy, "run": begin, "stop": halt, "apply": apply}
    shown = {"setup": story, "prediction": prediction, **changing}
    chosen = {"name": name, "prediction": prediction}
    lab.events.update_in_browser(
        name.input,
        [prediction, begin],
        {"value": None, "interactive": True},
        {"interactive": False},
    )
    lab.events.update_in_browser(prediction.input, [begin], {"interactive": True})
    started = on(begin.click, run, chosen, {"prediction": prediction, "settings": settings})
    applied = on(apply.click, apply_remedy, {"name": name}, {"settings": settings})
    following = [
        on(event.success, follow, chosen, changing, **streaming) for event in (started, applied)
    ]
    # Without the cancellation, late updates of the last training would come after this.
    on(
        name.input,
        choose,
        {"name": name},
        {**shown, "settings": settings},
        after=first_visit(place),
        cancels=following,
    )
    on(halt.click, partial(toy_training.stop, section=SECTION), queue=False)
    for key, control in settings.items():
        change = partial(toy_training.change_setting, section=SECTION, name=key)
        on(settled(control), change, {"value": control}, queue=False)
    on(lab.events.language_switched, translate, chosen, shown)
