"""What the training panel shows of a job: its state, curves, previews and results."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.training.checkpoint import Card
from pages.app.lab import Lab
from pages.app.networks import MINE
from pages.app.visitors import alias
from pages.text import explain, strings, text
from pages.training.plan import Plan
from pages.widgets import pack

ENOUGH = 0.95  # of its steps: a training that comes less far in its time is told so
# Figures of the validation data, which are looked at only now and then.
AT_LOOKS = {"validation_loss", "validation_accuracy", "bleu", "chrf", "exact_match"}
POINTS = 400  # of a curve at most; a screen shows no more
Events = Sequence[tuple[int, float, Mapping[str, float]]]  # as a `Job` keeps them


def mine(plan: Plan, language: str) -> str:
    """What the visitor's own network is called, here as among those to choose from."""
    return plan.name(MINE, language)


def networks(plan: Plan, lab: Lab, visitor: str, language: str) -> list[tuple[str, str]]:
    """The networks to choose from: the shipped ones, and the visitor's own if there is one."""
    own = [MINE] if plan.tab in lab.seen(visitor).networks else []
    missing = lab.missing(list(plan.settings), plan.tab)
    names = [name for name in plan.settings if name not in missing]
    return [(plan.name(name, language), name) for name in [*names, *own]]


def first(plan: Plan, choices: Sequence[tuple[str, str]]) -> str:
    """The network chosen when the page opens."""
    names = [name for _, name in choices]
    return plan.first if plan.first in names else names[0]


def frame(
    plan: Plan,
    lab: Lab,
    job: Job,
    visitor: str,
    language: str,
    adopted: bool = False,
    draw: bool = True,
    watched: str = "",
) -> Sequence[Any]:
    """All that the panel shows of a job at this moment.

    draw: the views of its preview too. watched: the code under which it is somebody else's.
    """
    waiting, live = job.status == "waiting", not job.ended
    previews, position = job.previews, lab.seen(visitor).looking_at.get(plan.tab + watched)
    following = position is None
    shown: Sequence[Any] = [gr.skip()] * plan.views
    if following and previews and draw:
        shown = plan.show(previews[-1][1], job.config, language)
    last = len(previews) - 1
    history = gr.update(visible=last > 0, maximum=max(last, 1))
    if following:
        history["value"] = last
    chooser = gr.update(choices=networks(plan, lab, visitor, language))
    if adopted:
        chooser["value"] = MINE
    own = lab.seen(visitor).networks.get(plan.tab)
    done = bool(job.ended and own and not watched)
    said = text("training.watched", language) + " " if watched else ""
    known_as = ""
    if live and lab.has_teacher and not watched:
        known_as = text("classroom.known_as", language, name=alias(visitor))
    return [
        status(plan, job, language, said, known_as, bool(watched)),
        gr.update(interactive=not live and not watched),
        gr.update(interactive=live and not watched),
        gr.update(
            interactive=live and not waiting and not watched,
            value=text("training.go_on" if job.paused else "training.pause", language),
        ),
        *(curves(job, axis, names, language, plan.steps) for axis, names in plan.curves.items()),
        history,
        *shown,
        results(plan, lab, own.card, language, job) if done and own else "",
        gr.update(interactive=done, value=str(job.file) if done else None),
        chooser,
    ]


def blank(plan: Plan, lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """The panel before anything was trained."""
    choices = networks(plan, lab, visitor, language)
    return [
        bar(
            text("training.status_none", language)
            if lab.runner.open
            else text("training.status_closed", language)
        ),
        gr.update(interactive=True),
        gr.update(interactive=False),
        gr.update(interactive=False, value=text("training.pause", language)),
        *[{"traces": [], "layout": {}} for _ in plan.curves],
        gr.update(visible=False),
        *plan.show(None, None, language),
        "",
        gr.update(interactive=False, value=None),
        gr.update(choices=choices),
    ]


def status(
    plan: Plan,
    job: Job,
    language: str,
    before: str = "",
    after: str = "",
    watched: bool = False,
) -> str:
    """Where a job stands, in words and as a bar.

    before, after: what is said first and last; watched: by somebody else than its visitor.
    """
    share = job.step / job.total if job.total else 0.0
    if job.error:
        return bar(explain(job.error, language), share, failed=True)
    if job.status == "waiting":
        return bar(f"{before}{queued(job, language)} {after}")
    sentence = text(
        "training.watched_end" if watched and job.ended else f"training.status_{standing(job)}",
        language,
        step=f"{job.step:,}",
        total=f"{job.total:,}",
        elapsed=duration(job.elapsed, language),
        remaining=duration(job.remaining, language),
        limit=duration(job.budget, language),
        mine=mine(plan, language),
    )
    remarks = [sentence]
    if standing(job) == "running" and job.reach < ENOUGH * job.total:
        reach = f"{float(f'{job.reach:.2g}'):,.0f}"
        remarks.append(text("training.reach", language, reach=reach, total=f"{job.total:,}"))
    if job.metrics:
        remarks.append(plan.remark(job.metrics[-1][2], job.config, language))
    return bar(before + " ".join(filter(None, [*remarks, after])), share)


def standing(job: Job) -> str:
    """What a job is at, as the last part of a key."""
    if not job.ended:
        if job.measuring:
            return "measuring"
        if job.asked:
            return "stopping"
        return "paused" if job.paused else "running" if job.metrics else "starting"
    if not job.file.exists():
        return "stopped_early"
    if job.dismissed and job.status == "stopped":
        return "dismissed"
    return "budget" if job.ending == "budget" else job.status


def bar(sentence: str, share: float = 0.0, failed: bool = False) -> str:
    """A sentence over a thin progress bar, as HTML."""
    kind = "status failed" if failed else "status"
    return (
        f'<div class="{kind}" role="status"><p>{html.escape(sentence)}</p>'
        f'<div class="track"><div class="done" style="width:{share:.1%}"></div></div></div>'
    )


def queued(job: Job, language: str) -> str:
    """Where a training stands in the queue, and how long it will."""
    wait = job.expected_wait
    if wait is None:
        return text("training.status_held", language, place=job.place)
    return text(
        "training.status_waiting", language, place=job.place, seconds=duration(wait, language)
    )


def duration(seconds: float | None, language: str) -> str:
    """Seconds as a reader says them."""
    if seconds is None:
        return "…"
    whole = round(seconds)
    if whole < 90:
        return text("training.seconds_short", language, n=whole)
    return text("training.minutes_short", language, n=whole // 60, s=whole % 60)


def curves(
    job: Job,
    axis: str,
    names: Mapping[str, int],
    language: str,
    over: str = "training.step_axis",
) -> dict[str, Any]:
    """The metrics of a job so far, over its steps, thinned to what a screen can show.

    names: metrics that share an axis, each with the number of its colour. over: the key of what the
    steps are of. The numbers are packed as plotly reads them: whatever the page is sent, gradio
    goes through it value by value.
    """
    return {
        "traces": lines(thinned(job.metrics), names, language),
        "layout": axes(axis, over, language),
    }


def measured(history: Events, name: str) -> list[tuple[int, float]]:
    """Steps and values of a figure, where it was measured.

    Between two looks at the validation data, events repeat what the last one found; no two looks
    find the very same loss.
    """
    points, last = [], None
    for step, _, figures in history:
        loss = figures.get("validation_loss")
        if name in figures and (name not in AT_LOOKS or loss is None or loss != last):
            points.append((step, figures[name]))
        last = loss
    return points


def thinned(metrics: Events) -> Events:
    """As many events as a screen can show, the last among them."""
    history = metrics[:: max(1, len(metrics) // POINTS)]
    return [*history, metrics[-1]] if metrics and history[-1] is not metrics[-1] else history


def lines(
    history: Events,
    names: Mapping[str, int],
    language: str,
    before: str = "",
    dash: str = "solid",
) -> list[dict[str, Any]]:
    """Figures over the steps as the chart takes them. before: what stands before their names."""
    traces = []
    for name, colour in names.items():
        if points := measured(history, name):
            steps, values = zip(*points, strict=True)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": before + text(f"training.curve.{name}", language),
                    "x": {"dtype": "f4", "bdata": pack(steps)},
                    "y": {"dtype": "f4", "bdata": pack(values)},
                    "line": {"color": f"series:{colour}", "dash": dash},
                }
            )
    return traces


def axes(axis: str, over: str, language: str) -> dict[str, Any]:
    """The layout of a chart of figures over steps. over: the key of what the steps are of."""
    x, y = text(over, language), text(f"training.axis.{axis}", language)
    return {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}


def results(plan: Plan, lab: Lab, card: Card, language: str, job: Job | None = None) -> str:
    """A table in Markdown: the visitor's network beside the shipped one of the same recipe.

    job: the training that it comes from, if that was here.
    """
    try:
        shipped = lab.network(card.recipe, plan.tab, "").card.metrics
    except Problem:  # its checkpoint may be missing; the visitor's figures still count
        shipped = {}
    names = [name for name in card.metrics if f"training.metric.{name}" in strings(language)]
    if not names:
        untested = job is not None and job.status == "finished"
        return text(f"training.{'untested' if untested else 'unmeasured'}", language)
    head = [text("training.figure", language), mine(plan, language)]
    head.append(f"{text('training.shipped', language)}: {plan.name(card.recipe, language)}")
    rows = [head, ["---", "---:", "---:"]]
    for name in names:
        values = (card.metrics[name], shipped.get(name))
        shown = ["–" if value is None else f"{value:.4g}" for value in values]
        rows.append([text(f"training.metric.{name}", language), *shown])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
