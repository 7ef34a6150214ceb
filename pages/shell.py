"""The frame around the tabs: name, languages, device; and how the page is served."""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import gradio as gr
import torch

from core import mnist
from core.device import choose
from core.runner import Runner
from pages import theme
from pages.lab import QUIET, TOKEN_JS, Lab
from pages.text import DEFAULT, LANGUAGES, known

HEAD_START = 2.0  # seconds in which the first page has the machine to itself


def frame(lab: Lab, tabs: Sequence[ModuleType]) -> gr.Blocks:
    """The whole page. Each tab is a module with a NAME and a build(lab)."""

    def enter(token: str, request: gr.Request) -> str:
        lab.seen(token)
        return known(request.query_params.get("lang"))

    def switch_language(token: str, language: str) -> list[Any]:
        lab.seen(token).language = known(language)
        return lab.words.relabel(known(language))

    def label_first(request: gr.Request) -> list[Any]:
        wanted = known(request.query_params.get("lang"))
        if wanted == DEFAULT:
            return [gr.skip()] * len(lab.words.components)
        return lab.words.relabel(wanted)

    with gr.Blocks(title="Netlab", fill_width=True, delete_cache=(600, 3600)) as page:
        lab.visitor = gr.BrowserState("", storage_key="netlab", secret="netlab")
        with gr.Row(elem_classes="masthead"):
            lab.say(gr.Markdown(elem_classes="title"), value="shell.title")
            lab.say(gr.Markdown(elem_classes="device"), value=f"shell.device.{lab.device.type}")
            lab.language = gr.Radio(
                [(name, code) for code, name in LANGUAGES.items()],
                value=DEFAULT,
                label="Language · 语言",
                show_label=False,
                container=False,
                elem_classes="language",
                interactive=True,
            )
        named = page.load(None, lab.visitor, lab.visitor, js=TOKEN_JS, **QUIET)
        entered = named.then(enter, lab.visitor, lab.language, **QUIET)
        with gr.Tabs(overflow_behavior="wrap"):
            for tab in tabs:
                with lab.say(gr.Tab(id=tab.NAME), label=f"{tab.NAME}.name") as place:
                    # What a tab shows first is computed when somebody looks, and once. (Outside
                    # the queue, gradio does not tell the page that a state has changed.)
                    seen = gr.State(False)
                    place.select(lambda: True, None, seen, **QUIET)
                    lab.opened = entered.then if tab is tabs[0] else seen.change
                    tab.build(lab)
        page.load(label_first, None, lab.words.components, queue=False, **QUIET)
        lab.language.change(
            switch_language,
            [lab.visitor, lab.language],
            lab.words.components,
            queue=False,
            **QUIET,
        )
    return page


def run(
    tabs: Sequence[ModuleType],
    device: str | None = None,
    **options: Any,
) -> None:
    """Open the page to visitors, and stay until stopped; options go to gradio's launch.

    Raises `Problem` for a device that is not there.
    """
    # Answers are small, and many at once; threads that wait for each other while a training has
    # the other core made a translation of 80 ms last 2 s.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    lab = Lab(choose(device), Runner())
    # A server is ended by SIGTERM; the trainings' files must go then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    page = frame(lab, tabs)
    page.queue(default_concurrency_limit=2, max_size=64, api_open=False)
    try:
        page.launch(
            theme=theme.theme(),
            css_paths=theme.CSS,
            max_file_size="64mb",
            enable_monitoring=False,
            show_error=False,
            run_history=False,
            state_session_capacity=300,
            ssr_mode=False,
            footer_links=["api", "settings"],
            prevent_thread_lock=True,
            **options,
        )
        later = threading.Timer(HEAD_START, prepare, (lab, tabs))
        later.daemon = True
        later.start()
        page.block_thread()
    finally:
        lab.runner.close()


def prepare(lab: Lab, tabs: Sequence[ModuleType]) -> None:
    """Behind the first page: what a visitor would else wait for, and the data that are missing."""
    for tab in tabs:
        tab.warm(lab)
    lab.runner.warm()
    if mnist.at_hand().source != "mnist" and mnist.load().source == "mnist":
        for tab in tabs:
            tab.warm(lab)
