"""The failure lab: a game is set up to go wrong; predict how, see it, mend it.

The visitor learns to tell three failures of the game by their signs, and what helps against each.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

import gradio as gr

from core.digits.config import ToyConfig
from core.digits.failures import FAILURES, OUTCOMES, Facts, Failure, facts_of, outcome_of
from core.digits.toy import EDGE
from core.errors import Problem
from core.execution.job import Job
from pages.app.lab import Lab
from pages.digits import live
from pages.digits.plane import picture
from pages.digits.stage import Stage
from pages.text import strings, text
from pages.training import setting, settled
from pages.training.report import bar, curves
from pages.widgets.chart import chart
from pages.widgets.plane import plane

SECTION = "failures"
RECIPE = "digits-toy"
PACE = 100  # steps a second: a failure takes some seconds to show
# What a visitor may try to mend a game with; all of it acts at once.
SETTINGS = (
    "loss", "discriminator_steps", "generator_rate", "discriminator_rate", "momentum", "r1",
)  # fmt: skip
SCORES = {"real_score": 0, "fake_score": 1}
EMPTY = {"traces": [], "layout": {}}


def choose(lab: Lab, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Set up a failure: nothing runs before its visitor has made a prediction."""
    failure = find(name)
    lab.runner.forget(live.owner(SECTION, visitor))
    *before, _, halt, apply = blank(language)
    return [
        story(failure, language),
        gr.update(choices=options(failure, language)),
        *before,
        gr.skip(),
        halt,
        apply,
        *(getattr(failure.config, name) for name in SETTINGS),
    ]


def find(name: str) -> Failure:
    """A failure by its name. Raises `Problem` for one that there is not."""
    if name not in FAILURES:
        names = list(FAILURES)
        given = {"choices": ", ".join(names), "value": str(name)[:80], "nearest": names[0]}
        raise Problem("setting.choice", name="failure", **given)
    return FAILURES[name]


def blank(language: str) -> Sequence[Any]:
    """What `told` tells of, before anything runs."""
    return [
        gr.update(picture={}, real=[], follow={}),
        bar(text("digits_game.break.predict_first", language)),
        EMPTY,
        "",
        text("digits_game.break.later", language),
        gr.update(interactive=False),
        gr.update(interactive=False),
        gr.update(interactive=False),
    ]


def story(failure: Failure, language: str) -> str:
    """What is set up, with the settings that do it."""
    made, usual = failure.config.to_dict(), ToyConfig().to_dict()
    changed = {key: value for key, value in made.items() if value != usual[key]}
    words = text(f"digits_game.break.{failure.name}.story", language)
    return f"{words}\n\n{listed(changed, language)}"


def cure(failure: Failure, language: str) -> str:
    """What mends it, with the settings that do it."""
    words = text(f"digits_game.break.{failure.name}.mend", language)
    return f"{words}\n\n{listed(failure.mend, language)}"


def listed(settings: Mapping[str, Any], language: str) -> str:
    """Settings as a list in Markdown, as the page calls them."""
    known = strings(language)
    lines = []
    for name, value in settings.items():
        if name != "drawn":
            value = known.get(f"training.choice.{name}.{value}", value)
            label = text(f"training.setting.{name}", language)
            lines.append(text("digits_game.break.item", language, name=label, value=value))
    return "\n".join(lines)


def options(failure: Failure, language: str) -> list[tuple[str, str]]:
    """Three outcomes to choose from, one of which is what will be seen."""
    other = "stuck" if failure.outcome == "collapses" else failure.outcome
    keys = ("covers", "collapses", other)
    return [(text(f"digits_game.outcome.{key}", language), key) for key in keys]


def predict(lab: Lab, prediction: str | None, visitor: str, language: str) -> dict[str, Any]:
    """Whoever has predicted may see."""
    return gr.update(interactive=prediction is not None)


def run(lab: Lab, name: str, prediction: str | None, visitor: str, language: str) -> Sequence[Any]:
    """Let the game go wrong. Raises `Problem` without a prediction."""
    failure = find(name)
    keys = [key for _, key in options(failure, language)]
    if prediction not in keys:
        given = {"choices": ", ".join(keys), "value": str(prediction)[:80], "nearest": keys[0]}
        raise Problem("setting.choice", name="prediction", **given)
    live.play(lab, SECTION, RECIPE, replace(failure.config, pace=PACE), visitor)
    return [gr.update(interactive=False), *(getattr(failure.config, n) for n in SETTINGS)]


def mend(lab: Lab, name: str, visitor: str, language: str) -> Sequence[Any]:
    """Change the settings that went wrong, of the running game, or of a new one."""
    failure = find(name)
    config = replace(failure.config, pace=PACE, **failure.mend)
    job = live.job_of(lab, SECTION, visitor)
    if job is None or job.ended:
        live.play(lab, SECTION, RECIPE, config, visitor)
    else:
        job.send(failure.mend)
    return [getattr(config, name) for name in SETTINGS]


def change(name: str, lab: Lab, value: Any, visitor: str, language: str) -> None:
    """Mend it with a setting of one's own choice."""
    live.steer(SECTION, lab, {name: value}, visitor)


async def watch(
    lab: Lab, name: str, prediction: str | None, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Follow the game until it ends, and say what becomes of it."""
    tell = partial(told, find(name), prediction, visitor)
    async for shown in live.follow(lab, SECTION, tell, 8, visitor, language):
        yield shown


def told(
    failure: Failure, prediction: str | None, visitor: str, job: Job, language: str
) -> Sequence[Any]:
    """All that changes while a game runs; what mends it is told once it has been seen."""
    known = job.step >= failure.steps
    return [
        gr.update(follow=live.followed(job, visitor)),
        live.status(job, "", language),
        curves(job, "score", SCORES, language),
        verdict(job, failure, prediction, language),
        cure(failure, language) if known else text("digits_game.break.later", language),
        gr.update(interactive=job.ended and prediction is not None),
        gr.update(interactive=not job.ended),
        gr.update(interactive=known),
    ]


def verdict(job: Job, failure: Failure, prediction: str | None, language: str) -> str:
    """What has come of the game so far, with its figures."""
    if not job.previews:
        return ""
    assert isinstance(job.config, ToyConfig)
    facts = facts_of(job.config, job.previews[-1][1], job.metrics[-1][2])
    changed = any(getattr(job.config, n) != getattr(failure.config, n) for n in SETTINGS)
    if changed:
        kind = "mended" if failure.mended(facts) else "mending"
        said = text(f"digits_game.break.{kind}", language)
    elif job.step < failure.steps:
        said = text("digits_game.break.watch", language)
    else:
        said = seen(outcome_of(facts), prediction, language)
    return f"{said}\n\n{figures(facts, job.step, language)}"


def seen(outcome: str | None, prediction: str | None, language: str) -> str:
    """What is to be seen, and whether it was predicted."""
    if outcome is None:
        return text("digits_game.break.unclear", language)
    said = text(f"digits_game.seen.{outcome}", language)
    right = "right" if outcome == prediction else "wrong"
    return f"{said} {text(f'digits_game.break.{right}', language)}"


def figures(facts: Facts, step: int, language: str) -> str:
    """The facts of a game as a sentence."""
    return text(
        "digits_game.break.facts",
        language,
        step=f"{step:,}",
        modes=facts.found.modes,
        total=facts.found.total,
        good=f"{facts.found.good:.0%}",
        real=f"{facts.real:.2f}",
        fake=f"{facts.fake:.2f}",
        pull=f"{facts.pull:.2g}",
    )


def retell(
    lab: Lab, name: str, prediction: str | None, visitor: str, language: str
) -> Sequence[Any]:
    """Say in another language what stands there."""
    failure, job = find(name), live.job_of(lab, SECTION, visitor)
    shown = told(failure, prediction, visitor, job, language) if job else blank(language)
    if job is None:
        shown = [*shown[:5], gr.update(interactive=prediction is not None), *shown[6:]]
    return [story(failure, language), gr.update(choices=options(failure, language)), *shown]


def build(lab: Lab, stage: Stage, tab: gr.Tab) -> None:
    """Predict, see and mend, one below the other; beside them the game in the plane."""
    known = {item.name: item for item in fields(ToyConfig)}
    first = next(iter(FAILURES))
    lab.say(gr.Markdown(elem_classes="hint"), value="digits_game.break.hint")
    name = lab.say(
        gr.Radio(list(FAILURES), value=first, interactive=True),
        label="digits_game.break.name",
        choices={key: f"digits_game.break.{key}.name" for key in FAILURES},
    )
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(gr.Markdown(), value="digits_game.break.first")
            setup = gr.Markdown(elem_classes="story")
            prediction = lab.say(
                gr.Radio(list(OUTCOMES), interactive=True), label="digits_game.break.prediction"
            )
            lab.say(gr.Markdown(), value="digits_game.break.second")
            with gr.Row():
                begin = lab.say(
                    gr.Button(variant="primary", interactive=False), value="digits_game.break.run"
                )
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
            said = gr.Markdown(elem_classes="seen")
        with gr.Column(scale=1, min_width=300):
            report = lab.tell(
                gr.HTML(elem_classes="report"),
                lambda language: bar(text("digits_game.break.predict_first", language)),
            )
            feed = partial(live.feed, lab, SECTION, picture)
            view = lab.say(plane(feed, 480, EDGE), words="digits_game.words.broken")
    with gr.Row():
        with gr.Column(scale=1, min_width=300):
            lab.say(gr.Markdown(), value="digits_game.break.third")
            remedy = gr.Markdown(elem_classes="remedy")
            apply = lab.say(gr.Button(interactive=False), value="digits_game.break.apply")
            with lab.say(gr.Accordion(open=False), label="digits_game.break.own"):
                named = {key: setting(lab, known[key]) for key in SETTINGS}
        with gr.Column(scale=1, min_width=300):
            plot = lab.say(chart(height=280), words="training.words.score")

    opened, controls = gr.State(False), list(named.values())
    changing = [view, report, plot, said, remedy, begin, halt, apply]
    stated = [setup, prediction, *changing]
    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    lab.on(tab.select, live.look, [], [opened])
    lab.at_once(name.input, [prediction, begin], {"value": None, "interactive": True},
                {"interactive": False})  # fmt: skip
    lab.on(prediction.input, predict, [prediction], [begin])
    begun = lab.on(begin.click, run, [name, prediction], [prediction, *controls])
    mended = lab.on(apply.click, mend, [name], controls)
    watching = [
        lab.on(event, watch, [name, prediction], changing, **streaming)
        for event in (begun.success, mended.success)
    ]
    # What was on its way of the old game may come after this.
    lab.on([opened.change, name.input], choose, [name], [*stated, *controls], cancels=watching)
    lab.on(halt.click, partial(live.stop, SECTION), queue=False)
    for key, control in named.items():
        lab.on(settled(control), partial(change, key), [control], queue=False)
    lab.on(lab.spoken.change, retell, [name, prediction], stated)
