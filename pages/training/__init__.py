"""The training panel that all tabs share: settings, Train and Stop, curves, history, results.

A tab says in a `Plan` what it trains and how its previews look; everything else is here.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import gradio as gr

from core.recipes import find
from pages.app.events import QUIET
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.links import ADDRESS
from pages.modules import call_js
from pages.training import compare, export
from pages.training.handlers import (
    bring,
    discard,
    look_back,
    pause,
    recall,
    retell,
    returning,
    show_settings,
    start,
    steer,
    stop,
    watch,
)
from pages.training.plan import Plan
from pages.training.report import bar
from pages.training.sharing import show_to_class, shown_link
from pages.widgets.chart import chart

__all__ = ["Plan", "build", "control", "setting", "settled"]


def build(
    lab: Lab,
    place: gr.Tab,
    plan: Plan,
    network: gr.Radio,
    version: gr.State,
    views: Callable[[], Sequence[Any]],
) -> Callable[[Any], None]:
    """The panel: settings on the left, the run in the centre. `views` lays out the tab's own.

    place: the section that it stands in.

    Returns what makes the panel follow a training that an event of the tab's own has begun.
    """
    first = plan.trained_first
    configs = [find(name).Config for name in (*plan.settings, first)]
    known_fields = {item.name: item for config in configs for item in fields(config)}

    def control_of(name: str) -> Any:
        offered, visible = plan.offered.get(name), name in plan.settings[first]
        return setting(lab, known_fields[name], offered, visible)

    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            recipe = lab.say(
                gr.Dropdown(list(plan.settings), value=first, interactive=True),
                label="training.recipe",
                choices={name: f"{plan.tab}.network.{name}" for name in plan.settings},
            )
            apart = {name for names in (plan.live, *plan.groups.values()) for name in names}
            named = {name: control_of(name) for name in plan.fields() if name not in apart}
            seconds = lab.say(
                gr.Slider(5, 600, plan.seconds, step=5, interactive=True), label="training.seconds"
            )
            for group, names in plan.groups.items():
                with lab.say(gr.Accordion(open=False), label=f"training.group.{group}"):
                    named |= {name: control_of(name) for name in names}
            train = lab.say(gr.Button(variant="primary"), value="training.train")
            with gr.Row():
                halt = lab.say(
                    gr.Button(variant="stop", min_width=80, interactive=False),
                    value="training.stop",
                )
                hold = lab.say(gr.Button(min_width=80, interactive=False), value="training.pause")
            if plan.live:
                lab.say(gr.Markdown(elem_classes="subtitle"), value="training.live")
                named |= {name: control_of(name) for name in plan.live}
            with gr.Row():
                download = lab.say(
                    gr.DownloadButton(size="sm", min_width=120, interactive=False),
                    label="training.download",
                )
                upload = lab.say(
                    gr.UploadButton(size="sm", min_width=120, file_types=[".zip"]),
                    label="training.upload",
                )
                drop = lab.say(gr.Button(size="sm", min_width=120), value="training.discard")
            parts = export.build(lab)
        with gr.Column(scale=5, min_width=300):
            report = gr.HTML(bar(""), elem_classes="report")
            with gr.Row(elem_classes="showing"):
                show = lab.say(gr.Button(size="sm", min_width=190, scale=0), value="classroom.show")
                link = lab.say(
                    gr.Textbox(visible=False, interactive=False, buttons=["copy"], scale=1),
                    label="classroom.link", info="classroom.link_info",
                )  # fmt: skip
            own = list(views())
            history = lab.say(
                gr.Slider(0, 1, 0, step=1, visible=False, interactive=True),
                label="training.history",
                info="training.history_info",
            )
            with gr.Row():
                plots = []
                for axis in plan.curves:
                    with gr.Column(min_width=240 if len(plan.curves) > 2 else 300):
                        plots.append(lab.say(chart(height=280), words=f"training.words.{axis}"))
            table = gr.Markdown(elem_classes="results")
            compare.build(lab, plan)

    controls = [named[name] for name in plan.fields()]
    for name, component in {"recipe": recipe, "seconds": seconds, **named}.items():
        lab.links.add(f"train_{name}", component)
    shown = [report, train, halt, hold, *plots, history, *own, table, download, network, version]

    def on(event: Any, handler: Callable[..., Any], inputs: Any, outputs: Any, **more: Any) -> Any:
        bound = partial(handler, plan)
        return lab.on(event, bound, inputs, outputs, **more)

    streaming: dict[str, Any] = {"concurrency_limit": None}  # it only awaits
    watched, followed = lab.links.hold("watch"), gr.State("")  # a link's code; what it shows
    # Apart, because for most there is nothing, and what gradio makes anew for it is much.
    back = gr.State(False)
    on(lab.opened, returning, [watched, recipe], [back])
    settings = [recipe, seconds, *controls]
    on(
        [back.change, followed.change],
        recall,
        [watched, recipe],
        [drop, upload, show, network, *settings],
    )
    on(back.change, watch, [watched, version], [*shown, followed], **streaming)
    seen = first_visit(place)
    on(seen.change, retell, [watched], shown[:-1])
    kept = lab.events.on(seen.change, partial(shown_link, plan), {}, link)
    kept.success(None, link, link, js=call_js(ADDRESS, "fullLink"), **QUIET)
    given = lab.events.on(show.click, partial(show_to_class, plan), {}, link)
    given.success(None, link, link, js=call_js(ADDRESS, "copyLink"), **QUIET)

    def follow(started: Any) -> None:
        on(started.success, watch, [watched, version], [*shown, followed], **streaming)

    follow(on(train.click, start, settings, []))
    on(halt.click, stop, [], [], queue=False)
    on(hold.click, pause, [], [], queue=False)
    on(lab.spoken.change, retell, [watched], shown[:-1])
    on(drop.click, discard, [], shown)
    on(history.input, look_back, [watched, history], own, trigger_mode="always_last")
    on(upload.upload, bring, [upload, version], shown)
    export.wire(lab, plan, parts, watched, recipe, controls)
    on(recipe.input, show_settings, [recipe], controls)
    for name in plan.live:
        lab.on(settled(named[name]), partial(steer, plan, name), [named[name]], [], queue=False)
    return follow


def setting(lab: Lab, item: Any, offered: Sequence[Any] | None = None, visible: bool = True) -> Any:
    """The control of one setting, with its words."""
    words: dict[str, Any] = {"label": f"training.setting.{item.name}"}
    if choices := item.metadata["choices"]:
        words["choices"] = {value: f"training.choice.{item.name}.{value}" for value in choices}
    return lab.say(control(item, offered, visible), **words)


def settled(control: Any) -> Sequence[Any]:
    """The events after which a control's value is meant: not each letter of a number typed."""
    if isinstance(control, gr.Number):
        return control.submit, control.blur
    return (control.input,)


def control(item: Any, offered: Sequence[Any] | None, visible: bool) -> Any:
    """The control of one setting, with the bounds and the value that its `Config` names."""
    low, high, value = (item.metadata[name] for name in ("low", "high", "live"))
    shared = {"value": value, "visible": visible, "interactive": True}
    if choices := item.metadata["choices"]:
        kind = gr.Radio if len(choices) <= 3 else gr.Dropdown
        return kind(list(choices), **shared)
    if offered:
        return gr.Radio([(str(choice), choice) for choice in offered], **shared)
    whole = isinstance(value, int)
    # A slider over more than a few hundred values, or over magnitudes, cannot be set with a hand.
    if item.metadata["log"] or (whole and high - low > 200):
        # Its bounds are the Config's to check: gradio would complain in English only.
        return gr.Number(**shared)
    return gr.Slider(low, high, step=1 if whole else (high - low) / 100, **shared)
