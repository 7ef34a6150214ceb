"""Lays out the training panel and connects its events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import gradio as gr

from core.recipes import find
from pages.app.events import QUIET, Event
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.links import ADDRESS
from pages.modules import call_js
from pages.training import compare, export, handlers
from pages.training.controls import setting, settled
from pages.training.plan import Plan
from pages.training.report import bar
from pages.training.sharing import link_update, toggle_link
from pages.widgets.chart import chart

Views = Sequence[Any] | Mapping[str, Any]


def build(
    lab: Lab,
    place: gr.Tab,
    plan: Plan,
    network: gr.Radio,
    version: gr.State,
    views: Callable[[], Views],
) -> Callable[[Any], None]:
    """The panel: settings on the left, the run in the centre.

    place: the section of the panel. views: lays out the tab's own components, which show the
    previews of `plan`.

    Returns a function that makes the panel follow a training which another event has begun.
    """
    panel = Panel(lab, plan, network, version, views)
    panel.connect(place)
    return panel.follow


class Panel:
    """The components of a panel. watched: the code of a link to somebody else's training;
    followed: the training that such a link shows. settings: the controls by setting.
    """

    def __init__(
        self, lab: Lab, plan: Plan, network: gr.Radio, version: gr.State, views: Callable[[], Views]
    ):
        self.lab, self.plan, self.network, self.version = lab, plan, network, version
        self.watched, self.followed = lab.links.hold("watch"), gr.State("")
        self.settings: dict[str, Any] = {}
        configs = [find(name).Config for name in (*plan.settings, plan.trained_first)]
        self._known = {item.name: item for config in configs for item in fields(config)}
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                self._lay_out_settings()
                self._lay_out_files()
            with gr.Column(scale=5, min_width=300):
                self._lay_out_run(views)
        inputs = {"recipe": self.recipe, "seconds": self.seconds, **self.settings}
        for name, component in inputs.items():
            lab.links.add(f"train_{name}", component)

    def _lay_out_settings(self) -> None:
        lab, plan = self.lab, self.plan
        self.recipe = lab.translate(
            gr.Dropdown(list(plan.settings), value=plan.trained_first, interactive=True),
            label="training.recipe",
            choices={name: f"{plan.tab}.network.{name}" for name in plan.settings},
        )
        apart = {name for names in (plan.live, *plan.groups.values()) for name in names}
        self._add_settings([name for name in plan.fields() if name not in apart])
        self.seconds = lab.translate(
            gr.Slider(5, 600, plan.seconds, step=5, interactive=True), label="training.seconds"
        )
        for group, names in plan.groups.items():
            with lab.translate(gr.Accordion(open=False), label=f"training.group.{group}"):
                self._add_settings(names)
        self.train = lab.translate(gr.Button(variant="primary"), value="training.train")
        with gr.Row():
            self.stop = lab.translate(
                gr.Button(variant="stop", min_width=80, interactive=False), value="training.stop"
            )
            self.pause = lab.translate(
                gr.Button(min_width=80, interactive=False), value="training.pause"
            )
        if plan.live:
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="training.live")
            self._add_settings(plan.live)

    def _add_settings(self, names: Sequence[str]) -> None:
        plan = self.plan
        for name in names:
            visible = name in plan.settings[plan.trained_first]
            offered = plan.offered.get(name)
            self.settings[name] = setting(self.lab, self._known[name], offered, visible)

    def _lay_out_files(self) -> None:
        lab = self.lab
        with gr.Row():
            self.download = lab.translate(
                gr.DownloadButton(size="sm", min_width=120, interactive=False),
                label="training.download",
            )
            self.upload = lab.translate(
                gr.UploadButton(size="sm", min_width=120, file_types=[".zip"]),
                label="training.upload",
            )
            self.discard = lab.translate(
                gr.Button(size="sm", min_width=120), value="training.discard"
            )
        export.build(lab, self.plan, self.watched, self.recipe, self.settings)

    def _lay_out_run(self, views: Callable[[], Views]) -> None:
        lab, plan = self.lab, self.plan
        self.status = gr.HTML(bar(""), elem_classes="report")
        with gr.Row(elem_classes="showing"):
            self.share = lab.translate(
                gr.Button(size="sm", min_width=190, scale=0), value="classroom.show"
            )
            self.link = lab.translate(
                gr.Textbox(visible=False, interactive=False, buttons=["copy"], scale=1),
                label="classroom.link", info="classroom.link_info",
            )  # fmt: skip
        self.views = views()
        self.history = lab.translate(
            gr.Slider(0, 1, 0, step=1, visible=False, interactive=True),
            label="training.history",
            info="training.history_info",
        )
        self.curves = []
        with gr.Row():
            for axis in plan.curves:
                with gr.Column(min_width=240 if len(plan.curves) > 2 else 300):
                    plot = lab.translate(chart(height=280), words=f"training.words.{axis}")
                    self.curves.append(plot)
        self.results = gr.Markdown(elem_classes="results")
        compare.build(lab, plan)

    @property
    def outputs(self) -> dict[str, Any]:
        """What `panel_updates` fills, by name."""
        names = (
            "status", "train", "stop", "pause", "curves", "history", "views", "results",
            "download", "network", "version",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def on(
        self, event: Any, handler: Callable[..., Any], inputs: Any, outputs: Any, **options: Any
    ) -> Any:
        """Connect a handler that takes the plan first."""
        return self.lab.events.on(event, partial(handler, self.plan), inputs, outputs, **options)

    def connect(self, place: gr.Tab) -> None:
        """Connect all events of the panel."""
        lab, on, seen = self.lab, self.on, first_visit(place)
        watched, recipe = {"watched": self.watched}, {"recipe": self.recipe}
        settings = {"settings": self.settings}
        chosen = {**recipe, "seconds": self.seconds, **settings}
        # An event of its own: most visitors have no training, and Gradio renders all outputs anew.
        filled = gr.State(False)
        on(lab.events.tab_opened, handlers.has_content, {**watched, **recipe}, filled)
        restored = {"own": [self.discard, self.upload, self.share], "network": self.network}
        changes = [filled.change, self.followed.change]
        on(changes, handlers.restore, {**watched, **recipe}, {**restored, **chosen})
        self._watch(filled.change)
        on(lab.events.language_switched, handlers.refresh, watched, self.outputs, after=seen)
        for event, handler, script in (
            (seen.change, link_update, "fullLink"), (self.share.click, toggle_link, "copyLink"),
        ):  # fmt: skip
            shared = on(event, handler, {}, self.link)
            shared.success(None, self.link, self.link, js=call_js(ADDRESS, script), **QUIET)
        self.follow(on(self.train.click, handlers.start, chosen, {}))
        on(self.stop.click, handlers.stop, {}, {}, queue=False)
        on(self.pause.click, handlers.pause, {}, {}, queue=False)
        on(self.discard.click, handlers.discard, {}, self.outputs)
        position = {**watched, "position": self.history}
        views = {"views": self.views}
        on(self.history.input, handlers.look_back, position, views, trigger_mode="always_last")
        file = {"path": self.upload, "version": self.version}
        on(self.upload.upload, handlers.load_network, file, self.outputs)
        on(self.recipe.input, handlers.show_recipe, recipe, settings)
        for name in self.plan.live:
            control = self.settings[name]
            steer = partial(handlers.steer, self.plan, name)
            lab.events.on(settled(control), steer, {"value": control}, queue=False)

    def _watch(self, event: Event) -> None:
        inputs = {"watched": self.watched, "version": self.version}
        outputs = {**self.outputs, "followed": self.followed}
        # The handler only waits, so that any number of them may run at once.
        self.on(event, handlers.watch, inputs, outputs, concurrency_limit=None)

    def follow(self, started: Any) -> None:
        """Follow a training that an event has begun."""
        self._watch(started.success)
