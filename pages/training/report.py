"""What the training panel shows of a job: its state, curves, previews and results."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from core.errors import Problem
from core.execution.job import Job
from core.training.checkpoint import Card
from pages.app.networks import MINE
from pages.app.request import Request
from pages.app.visitors import alias
from pages.text import explain, strings, text
from pages.training.plan import Plan
from pages.widgets import pack

ENOUGH = 0.95  # of the steps: the page says so of a training that reaches fewer in its time
# Metrics of the validation data, which are measured only now and then.
VALIDATION_METRICS = {"validation_loss", "validation_accuracy", "bleu", "chrf", "exact_match"}
POINTS = 400  # of a curve at most; a screen shows no more
EMPTY_CHART: dict[str, Any] = {"traces": [], "layout": {}}
Events = Sequence[tuple[int, float, Mapping[str, float]]]  # step, seconds, metrics; see `Job`


def with_training(
    plan: Plan, request: Request, job: Job, watched: str = "", adopted: bool = False,
    draw: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """The outputs of the panel for a job at this moment.

    watched: the code of the link under which it is somebody else's; adopted: its network has just
    become the visitor's own; draw: whether to draw the last preview.
    """
    record = request.record
    position = record.looking_at.get(plan.tab + watched)
    last = len(job.previews) - 1
    history = gr.update(visible=last > 0, maximum=max(last, 1))
    updates: dict[str, Any] = {"history": history}
    if position is None:
        history["value"] = last
        if draw and job.previews:
            updates["views"] = plan.show(job.previews[-1][1], job.config, request.language)
    own = record.networks.get(plan.tab)
    done = bool(job.ended and own and not watched)
    running = not job.ended and not watched
    network = network_update(plan, request)
    if adopted:
        network["value"] = MINE
    return updates | {
        "status": status(plan, request, job, watched),
        "train": gr.update(interactive=job.ended and not watched),
        "stop": gr.update(interactive=running),
        "pause": gr.update(
            interactive=running and job.status != "waiting",
            value=request.text("training.go_on" if job.paused else "training.pause"),
        ),
        "curves": [
            curves(job, axis, names, request.language, plan.steps)
            for axis, names in plan.curves.items()
        ],
        "results": results(plan, request, own.card, job) if done and own else "",
        "download": gr.update(interactive=done, value=str(job.file) if done else None),
        "network": network,
    }


def without_training(plan: Plan, request: Request) -> dict[str, Any]:
    """The outputs of the panel before anything was trained."""
    key = "training.status_none" if request.lab.runner.open else "training.status_closed"
    return {
        "status": bar(request.text(key)),
        "train": gr.update(interactive=True),
        "stop": gr.update(interactive=False),
        "pause": gr.update(interactive=False, value=request.text("training.pause")),
        "curves": [EMPTY_CHART] * len(plan.curves),
        "history": gr.update(visible=False),
        "views": plan.show(None, None, request.language),
        "results": "",
        "download": gr.update(interactive=False, value=None),
        "network": network_update(plan, request),
    }


def network_update(plan: Plan, request: Request) -> dict[str, Any]:
    """The choice of a network among the shipped ones, and the visitor's own if there is one."""
    names = plan.networks.available(request.lab)
    if plan.tab in request.record.networks:
        names = [*names, MINE]
    choices = [(plan.name(name, request.language), name) for name in names]
    return gr.update(choices=choices)


def status(plan: Plan, request: Request, job: Job, watched: str = "") -> str:
    """The state of a job, in words and as a bar; watched: see `with_training`."""
    share = job.step / job.total if job.total else 0.0
    if job.error:
        return bar(explain(job.error, request.language), share, failed=True)
    sentences = [request.text("training.watched")] if watched else []
    if job.status == "waiting":
        sentences.append(queued(job, request.language))
    else:
        sentences += progress(plan, request, job, watched)
    if not job.ended and request.lab.has_teacher and not watched:
        sentences.append(request.text("classroom.known_as", name=alias(request.visitor)))
    return bar(" ".join(filter(None, sentences)), share)


def progress(plan: Plan, request: Request, job: Job, watched: str) -> list[str]:
    """How far a job has come, how far it will come, and the remark of the tab."""
    state, language = standing(job), request.language
    sentences = [
        request.text(
            "training.watched_end" if watched and job.ended else f"training.status_{state}",
            step=f"{job.step:,}",
            total=f"{job.total:,}",
            elapsed=duration(job.elapsed, language),
            remaining=duration(job.remaining, language),
            limit=duration(job.budget, language),
            mine=plan.name(MINE, language),
        )
    ]
    if state == "running" and job.reach < ENOUGH * job.total:
        reach = f"{float(f'{job.reach:.2g}'):,.0f}"
        sentences.append(request.text("training.reach", reach=reach, total=f"{job.total:,}"))
    if job.metrics:
        sentences.append(plan.remark(job.metrics[-1][2], job.config, language))
    return sentences


def standing(job: Job) -> str:
    """The state of a job, as the last part of a key."""
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
    """The place of a training in the queue, and the expected wait."""
    wait = job.expected_wait
    if wait is None:
        return text("training.status_held", language, place=job.place)
    return text(
        "training.status_waiting", language, place=job.place, seconds=duration(wait, language)
    )


def duration(seconds: float | None, language: str) -> str:
    """Seconds in words: seconds up to 90, then minutes."""
    if seconds is None:
        return "…"
    whole = round(seconds)
    if whole < 90:
        return text("training.seconds_short", language, n=whole)
    return text("training.minutes_short", language, n=whole // 60, s=whole % 60)


def curves(
    job: Job, axis: str, names: Mapping[str, int], language: str,
    over: str = "training.step_axis",
) -> dict[str, Any]:  # fmt: skip
    """The metrics of a job so far, over its steps, at most as many points as a screen shows.

    names: metrics that share an axis, each with the number of its colour. over: the key of what the
    steps are of.
    """
    return {
        "traces": lines(thinned(job.metrics), names, language),
        "layout": axes(axis, over, language),
    }


def measured(history: Events, name: str) -> list[tuple[int, float]]:
    """Steps and values of a metric, where it was measured.

    Between two measurements on the validation data, events repeat the last one; no two of them find
    the very same loss.
    """
    points, last = [], None
    for step, _, metrics in history:
        loss = metrics.get("validation_loss")
        repeated = name in VALIDATION_METRICS and loss is not None and loss == last
        if name in metrics and not repeated:
            points.append((step, metrics[name]))
        last = loss
    return points


def thinned(history: Events) -> Events:
    """As many events as a screen can show, the last among them."""
    kept = history[:: max(1, len(history) // POINTS)]
    return [*kept, history[-1]] if history and kept[-1] is not history[-1] else kept


def lines(
    history: Events, names: Mapping[str, int], language: str, before: str = "", dash: str = "solid"
) -> list[dict[str, Any]]:
    """Metrics over the steps, as the chart takes them. before: a prefix of their names."""
    traces = []
    for name, colour in names.items():
        if points := measured(history, name):
            label = before + text(f"training.curve.{name}", language)
            traces.append(line(label, *zip(*points, strict=True), colour=colour, dash=dash))
    return traces


def line(
    name: str, x: Sequence[float], y: Sequence[float], colour: int, dash: str = "solid"
) -> dict[str, Any]:
    """A line, as the chart takes it.

    The numbers are packed as Plotly reads them: Gradio visits every value that a page is sent.
    """
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": {"dtype": "f4", "bdata": pack(x)},
        "y": {"dtype": "f4", "bdata": pack(y)},
        "line": {"color": f"series:{colour}", "dash": dash},
    }


def axes(axis: str, over: str, language: str) -> dict[str, Any]:
    """The layout of a chart of metrics over steps. over: the key of what the steps are of."""
    x, y = text(over, language), text(f"training.axis.{axis}", language)
    return {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}


def results(plan: Plan, request: Request, card: Card, job: Job | None = None) -> str:
    """A table in Markdown: the visitor's network beside the shipped one of the same recipe.

    job: the training that it comes from; None for a network that was loaded from a file.
    """
    try:
        shipped = request.lab.networks.get(card.recipe, plan.tab, "").card.metrics
    except Problem:  # its checkpoint is missing
        shipped = {}
    language = request.language
    names = [name for name in card.metrics if f"training.metric.{name}" in strings(language)]
    if not names:
        untested = job is not None and job.status == "finished"
        return request.text(f"training.{'untested' if untested else 'unmeasured'}")
    reference = f"{request.text('training.shipped')}: {plan.name(card.recipe, language)}"
    rows = [
        [request.text("training.figure"), plan.name(MINE, language), reference],
        ["---", "---:", "---:"],
    ]
    for name in names:
        values = (card.metrics[name], shipped.get(name))
        cells = ["–" if value is None else f"{value:.4g}" for value in values]
        rows.append([request.text(f"training.metric.{name}"), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
