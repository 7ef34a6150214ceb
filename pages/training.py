"""The training panel that all tabs share: settings, Train and Stop, curves, history, results.

A tab says in a `Plan` what it trains and how its previews look; everything else is here. Handlers
take the plan after the lab, and are wired with it.
"""

import asyncio
import html
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr
import numpy as np

from core import archive
from core.config import Config
from core.errors import Problem
from core.recipes import RECIPES, find
from core.job import Job
from pages.lab import MINE, Lab
from pages.text import explain, strings, text
from pages.widgets.chart import chart

TICK = 0.25  # seconds between two looks at a job
SILENCE = 8  # ticks without news, after which an update finds out whether the page is still there
POINTS = 400  # of a curve at most; a screen shows no more


@dataclass(frozen=True)
class Plan:
    """What a tab trains.

    settings: by recipe, the names of the settings a visitor may change. offered: by setting, the
    values to choose from where a slider would say too much. curves: metrics drawn, in order.
    show(preview, config, language): a preview's arrays as the values of the tab's own views.
    remark(metrics, config, language): a sentence on where the training stands, or "". views: how
    many of them there are. first: the network chosen when the page opens.
    """

    tab: str
    settings: Mapping[str, Sequence[str]]
    offered: Mapping[str, Sequence[Any]]
    curves: Sequence[str]
    show: Callable[[Mapping[str, np.ndarray] | None, Config | None, str], Sequence[Any]]
    remark: Callable[[Mapping[str, float], Config, str], str]
    views: int
    first: str

    def fields(self) -> list[str]:
        """Every setting that some recipe of the plan offers, in order of first mention."""
        return list(dict.fromkeys(name for names in self.settings.values() for name in names))

    def name(self, recipe: str, language: str) -> str:
        return text(f"{self.tab}.network.{recipe}", language)


# Handlers


def start(plan: Plan, lab: Lab, recipe: str, seconds: float, *rest: Any) -> None:
    """Train: from new random weights, with the settings on the page."""
    *values, visitor, _ = rest
    given = dict(zip(plan.fields(), values, strict=True))
    if recipe not in plan.settings:
        raise Problem("recipe.unknown", name=str(recipe)[:60], nearest=next(iter(plan.settings)))
    chosen = find(recipe)
    live = {item.name: item.metadata["live"] for item in fields(chosen.Config)}
    config = chosen.Config.from_dict(live | {name: given[name] for name in plan.settings[recipe]})
    lab.runner.submit(chosen, config, owner(plan, visitor), str(lab.device), seconds)
    lab.seen(visitor).looking_at.pop(plan.tab, None)


def stop(plan: Plan, lab: Lab, visitor: str, language: str) -> None:
    """Stop: within a second, whatever the training is doing; what is trained stays."""
    if job := lab.runner.find(owner(plan, visitor)):
        job.stop()


def pause(plan: Plan, lab: Lab, visitor: str, language: str) -> None:
    """Hold a running training, or let it go on."""
    if job := lab.runner.find(owner(plan, visitor)):
        job.pause(not job.paused)


def reset(plan: Plan, lab: Lab, version: int, visitor: str, language: str) -> Sequence[Any]:
    """Forget the visitor's training and network, and go back to the shipped ones."""
    lab.runner.forget(owner(plan, visitor))
    lab.drop(visitor, plan.tab)
    lab.seen(visitor).looking_at.pop(plan.tab, None)
    return [*blank(plan, lab, visitor, language), version + 1]


async def watch(
    plan: Plan, lab: Lab, version: int, visitor: str, language: str
) -> AsyncIterator[Sequence[Any]]:
    """Follow the visitor's training until it ends, then make its network theirs.

    Leaving the page ends this generator, and with it the job's being watched.
    """
    job = lab.runner.find(owner(plan, visitor))
    if job is None:
        yield [*blank(plan, lab, visitor, language), version]
        return
    news, silent = None, 0
    while not job.ended:
        job.touch()
        language = lab.seen(visitor).language or language
        latest = (standing(job), len(job.metrics), job.place, language)
        if latest != news or silent >= SILENCE:
            news, silent = latest, 0
            yield [*frame(plan, lab, job, visitor, language), version]
        silent += 1
        await asyncio.sleep(TICK)
    adopted = await anyio.to_thread.run_sync(partial(adopt, plan, lab, job, visitor))
    yield [*frame(plan, lab, job, visitor, language, adopted), version + adopted]


def look_back(
    plan: Plan, lab: Lab, position: float, visitor: str, language: str
) -> Sequence[Any]:
    """Show the preview at a position of the run's history; at its end, follow it again."""
    job = lab.runner.find(owner(plan, visitor))
    if job is None or not job.previews:
        return plan.show(None, None, language)
    last = len(job.previews) - 1
    position = min(max(int(position), 0), last)
    looking_at = lab.seen(visitor).looking_at
    if position == last:
        looking_at.pop(plan.tab, None)
    else:
        looking_at[plan.tab] = position
    return plan.show(job.previews[position][1], job.config, language)


def bring(
    plan: Plan, lab: Lab, path: str, version: int, visitor: str, language: str
) -> Sequence[Any]:
    """Load a network that was downloaded before; it becomes the visitor's own."""
    recipes = {name: RECIPES[name] for name in plan.settings}
    model, card = archive.unpack(Path(path), recipes)
    network = lab.adopt(visitor, plan.tab, model, card)
    name = plan.name(card.recipe, language)
    sentence = text("training.status_loaded", language, name=name, mine=mine(language))
    return [
        bar(sentence),
        results(plan, lab, network.card, language),
        gr.update(choices=networks(plan, lab, visitor, language), value=MINE),
        version + 1,
    ]


def show_settings(plan: Plan, lab: Lab, recipe: str, visitor: str, language: str) -> Sequence[Any]:
    """Show the settings that a recipe has, at its own values."""
    offered = plan.settings.get(recipe, ())
    defaults = {item.name: item.metadata["live"] for item in fields(find(recipe).Config)}
    return [
        gr.update(visible=name in offered, value=defaults.get(name))
        if name in offered
        else gr.update(visible=False)
        for name in plan.fields()
    ]


# What the page shows


def owner(plan: Plan, visitor: str) -> str:
    return f"{plan.tab} {visitor}"


def mine(language: str) -> str:
    return text("training.mine", language)


def adopt(plan: Plan, lab: Lab, job: Job, visitor: str) -> bool:
    """Make a job's last weights the visitor's own; False where they are already, or are none."""
    adopted = lab.seen(visitor).adopted
    if not job.file.exists() or adopted.get(plan.tab) == str(job.file):
        return False
    lab.adopt(visitor, plan.tab, *job.load(lab.device))
    adopted[plan.tab] = str(job.file)
    return True


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
    plan: Plan, lab: Lab, job: Job, visitor: str, language: str, adopted: bool = False
) -> Sequence[Any]:
    """All that the panel shows of a job at this moment."""
    waiting, live = job.status == "waiting", not job.ended
    previews, position = job.previews, lab.seen(visitor).looking_at.get(plan.tab)
    following = position is None
    shown: Sequence[Any] = [gr.skip()] * plan.views
    if following and previews:
        shown = plan.show(previews[-1][1], job.config, language)
    last = len(previews) - 1
    own = plan.tab in lab.seen(visitor).networks
    done = job.ended and own
    return [
        status(plan, job, language),
        gr.update(interactive=not live),
        gr.update(interactive=live),
        gr.update(
            interactive=live and not waiting,
            value=text("training.go_on" if job.paused else "training.pause", language),
        ),
        curves(plan, job, language),
        gr.update(
            visible=last > 0, maximum=max(last, 1), **({"value": last} if following else {})
        ),
        *shown,
        results(plan, lab, lab.seen(visitor).networks[plan.tab].card, language) if done else "",
        gr.update(interactive=done, value=str(job.file) if done else None),
        gr.update(
            choices=networks(plan, lab, visitor, language), **({"value": MINE} if adopted else {})
        ),
    ]


def blank(plan: Plan, lab: Lab, visitor: str, language: str) -> Sequence[Any]:
    """The panel before anything was trained."""
    choices = networks(plan, lab, visitor, language)
    return [
        bar(text("training.status_none", language)),
        gr.update(interactive=True),
        gr.update(interactive=False),
        gr.update(interactive=False, value=text("training.pause", language)),
        {"traces": [], "layout": {}},
        gr.update(visible=False),
        *plan.show(None, None, language),
        "",
        gr.update(interactive=False, value=None),
        gr.update(choices=choices, value=first(plan, choices)),
    ]


def status(plan: Plan, job: Job, language: str) -> str:
    """Where a job stands, in words and as a bar."""
    share = job.step / job.total if job.total else 0.0
    if job.error:
        return bar(explain(job.error, language), share, failed=True)
    if job.status == "waiting":
        wait = duration(job.expected_wait, language)
        return bar(text("training.status_waiting", language, place=job.place, seconds=wait))
    sentence = text(
        f"training.status_{standing(job)}",
        language,
        step=f"{job.step:,}",
        total=f"{job.total:,}",
        elapsed=duration(job.elapsed, language),
        remaining=duration(job.remaining, language),
        mine=mine(language),
    )
    remark = plan.remark(job.metrics[-1][2], job.config, language) if job.metrics else ""
    return bar(f"{sentence} {remark}", share)


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
    return "budget" if job.ending == "budget" else job.status


def bar(sentence: str, share: float = 0.0, failed: bool = False) -> str:
    """A sentence over a thin progress bar, as HTML."""
    kind = "status failed" if failed else "status"
    return (
        f'<div class="{kind}" role="status"><p>{html.escape(sentence)}</p>'
        f'<div class="track"><div class="done" style="width:{share:.1%}"></div></div></div>'
    )


def duration(seconds: float | None, language: str) -> str:
    """Seconds as a reader says them."""
    if seconds is None:
        return "…"
    whole = round(seconds)
    if whole < 90:
        return text("training.seconds_short", language, n=whole)
    return text("training.minutes_short", language, n=whole // 60, s=whole % 60)


def curves(plan: Plan, job: Job, language: str) -> dict[str, Any]:
    """The metrics of a job so far, over its steps, thinned to what a screen can show."""
    history = job.metrics[:: max(1, len(job.metrics) // POINTS)]
    if job.metrics and history[-1] is not job.metrics[-1]:
        history = [*history, job.metrics[-1]]
    traces = []
    for number, name in enumerate(plan.curves):
        points = [(step, metrics[name]) for step, _, metrics in history if name in metrics]
        if points:
            steps, values = zip(*points, strict=True)
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": text(f"training.curve.{name}", language),
                    "x": list(steps),
                    "y": [float(f"{value:.5g}") for value in values],
                    "line": {"color": f"series:{number}"},
                }
            )
    x, y = text("training.step_axis", language), text("training.loss_axis", language)
    return {
        "traces": traces,
        "layout": {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}},
    }


def results(plan: Plan, lab: Lab, card: Any, language: str) -> str:
    """A table in Markdown: the visitor's network beside the shipped one of the same recipe."""
    try:
        shipped = lab.network(card.recipe, plan.tab, "").card.metrics
    except Problem:  # its checkpoint may be missing; the visitor's figures still count
        shipped = {}
    names = [name for name in card.metrics if f"training.metric.{name}" in strings(language)]
    if not names:
        return text("training.unmeasured", language)
    head = [text("training.figure", language), mine(language)]
    head.append(f"{text('training.shipped', language)}: {plan.name(card.recipe, language)}")
    rows = [head, ["---", "---:", "---:"]]
    for name in names:
        values = (card.metrics[name], shipped.get(name))
        shown = ["–" if value is None else f"{value:.4g}" for value in values]
        rows.append([text(f"training.metric.{name}", language), *shown])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


# Layout


def build(
    lab: Lab, plan: Plan, network: gr.Radio, version: gr.State, views: Callable[[], Sequence[Any]]
) -> None:
    """The panel: settings on the left, the run in the centre. `views` lays out the tab's own."""
    configs = [find(name).Config for name in plan.settings]
    known_fields = {item.name: item for config in configs[::-1] for item in fields(config)}
    first = next(iter(plan.settings))
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            recipe = lab.say(
                gr.Dropdown(list(plan.settings), value=first, interactive=True),
                label="training.recipe",
                choices={name: f"{plan.tab}.network.{name}" for name in plan.settings},
            )
            controls = [
                lab.say(
                    control(known_fields[name], plan.offered.get(name), name in plan.settings[first]),
                    label=f"training.setting.{name}",
                )
                for name in plan.fields()
            ]
            seconds = lab.say(
                gr.Slider(5, 600, 60, step=5, interactive=True), label="training.seconds"
            )
            train = lab.say(gr.Button(variant="primary"), value="training.train")
            with gr.Row():
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
                hold = lab.say(gr.Button(min_width=80, interactive=False), value="training.pause")
                again = lab.say(gr.Button(min_width=80), value="training.reset")
            with gr.Row():
                download = lab.say(
                    gr.DownloadButton(size="sm", min_width=120, interactive=False),
                    label="training.download",
                )
                upload = lab.say(
                    gr.UploadButton(size="sm", min_width=120, file_types=[".zip"]),
                    label="training.upload",
                )
        with gr.Column(scale=5, min_width=340):
            report = gr.HTML(bar(""), elem_classes="report")
            own = list(views())
            history = lab.say(
                gr.Slider(0, 1, 0, step=1, visible=False, interactive=True),
                label="training.history",
                info="training.history_info",
            )
            plot = lab.say(chart(height=280), words="training.words")
            table = gr.Markdown(elem_classes="results")

    shown = [report, train, halt, hold, plot, history, *own, table, download, network, version]

    def on(event: Any, handler: Callable[..., Any], inputs: Any, outputs: Any, **more: Any) -> Any:
        bound = partial(handler, plan)
        return lab.on(event, bound, inputs, outputs, **more)

    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    on(lab.entered.then, watch, [version], shown, **streaming)
    started = on(train.click, start, [recipe, seconds, *controls], [])
    on(started.success, watch, [version], shown, **streaming)
    on(halt.click, stop, [], [], queue=False)
    on(hold.click, pause, [], [], queue=False)
    on(again.click, reset, [version], shown)
    on(history.input, look_back, [history], own, trigger_mode="always_last")
    on(upload.upload, bring, [upload, version], [report, table, network, version])
    on(recipe.input, show_settings, [recipe], controls)


def control(item: Any, offered: Sequence[Any] | None, visible: bool) -> Any:
    """The control of one setting, with the bounds and the value that its `Config` names."""
    low, high, value = (item.metadata[name] for name in ("low", "high", "live"))
    shared = {"value": value, "visible": visible, "interactive": True}
    if offered:
        return gr.Radio([(str(choice), choice) for choice in offered], **shared)
    whole = isinstance(value, int)
    # A slider over more than a few hundred values, or over magnitudes, cannot be set with a hand.
    if item.metadata["log"] or (whole and high - low > 200):
        return gr.Number(minimum=low, maximum=high, precision=0 if whole else None, **shared)
    return gr.Slider(low, high, step=1 if whole else (high - low) / 100, **shared)
