"""The frame around the tabs: name, languages, device; and how the page is served."""

import gc
import html
import json
import logging
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import gradio.queueing
import gradio.routes
import gradio.utils
import torch
from gradio.tunneling import CURRENT_TUNNELS
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core import mnist
from core.device import choose
from core.errors import Problem
from core.runner import Runner
from pages import classroom, sessions, theme
from pages.closed import Closed
from pages.document import KEEP_LANGUAGE_JS, Amended
from pages.lab import NOTES, QUIET, Lab
from pages.links import ADDRESS_JS, COPY_JS, FOLLOW_JS, KEEP_JS, OPEN_JS, show_js
from pages.quicker import Quicker
from pages.sight import first_look
from pages.text import DEFAULT, LANGUAGES, explain, known
from pages.visitors import TOKEN_JS
from pages.widgets import modules_route

PLAIN = r"\??(&?(lang|__theme)=\w*)*"  # of an address that asks for no more than a look
# Gradio opens the list of a dropdown again at the Tab that leaves it.
LEAVE_JS = """() => document.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && event.target.role === "combobox") event.stopPropagation();
}, true)"""
SWITCH = 0.0005  # seconds after which a thread lets another run
PAUSES = 0.004, 0.1  # seconds between two looks of the queue at what came, and at progress bars
HEAD_START = 2.0  # seconds in which the first page has the machine to itself
LATER = 5.0  # seconds that what takes long to make ready gives way to what is asked first


def frame(lab: Lab, tabs: Sequence[ModuleType], teacher_key: str = "") -> gr.Blocks:
    """The whole page. Each tab is a module with a NAME and a build(lab)."""

    def arrive(token: str, query: str, language: str, request: gr.Request) -> list[Any]:
        """Let somebody in, by way of what the address says, if anything."""
        sessions.belongs(page, request.session_hash, token)
        lab.seen(token).language = known(language)
        query = str(query or "")  # a caller may leave it out
        plain = re.fullmatch(PLAIN, query)
        return [True, True, gr.skip()] if plain else [gr.skip(), gr.skip(), query]

    def enter(query: str, language: str) -> list[Any]:
        """Put everything where the address says; with a wrong one, show the plain page."""
        asked = dict(parse_qsl(query.removeprefix("?")))
        led = [gr.skip()] * len(desk.outputs)
        try:
            led = desk.admit(asked.get("teacher"))
            opened, *rest = lab.links.read(query, places)
        except Problem as problem:
            gr.Warning(html.escape(explain(problem, known(language))))
            opened, *rest = lab.links.plain(query, places)
        elsewhere = "selected" in opened  # where gradio tells the tab that it is looked at
        return [True, gr.skip() if elsewhere else True, *led, opened, *rest]

    def share(lab: Lab, opened: str, *rest: Any) -> dict[str, Any]:
        """The address of what is on screen."""
        *values, _, language = rest
        query = lab.links.write(json.loads(opened), values, known(language))
        return gr.update(value=query, visible=True)

    def switch_language(token: str, language: str, spoken: int) -> list[Any]:
        lab.seen(token).language = known(language)
        return [spoken + 1, *lab.words.relabel(known(language))]

    lab.led = bool(teacher_key)
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
            sharing = lab.say(gr.Button(size="sm", elem_classes="share"), value="shell.share")
        lab.spoken = gr.State(0)
        link = lab.say(
            gr.Textbox(visible=False, interactive=False, buttons=["copy"]),
            label="shell.link", info="shell.link_info",
        )  # fmt: skip
        address = lab.say(gr.Textbox(visible=False), label="shell.link")
        desk = classroom.build(lab, teacher_key)
        named = page.load(None, lab.visitor, lab.visitor, js=TOKEN_JS, **QUIET)
        linked, arrived, looked = gr.State(""), gr.State(False), []
        with gr.Tabs(overflow_behavior="wrap") as places:
            for tab in tabs:
                lab.links.tab = tab.NAME
                with lab.say(gr.Tab(id=tab.NAME), label=f"{tab.NAME}.name") as place:
                    # What a tab shows first is computed when somebody looks, and once.
                    # Of the first tab, which is open from the start, gradio may say so before it
                    # is known what the address asks for.
                    looked.append(first_look(place, None if looked else arrived))
                    lab.opened = looked[-1].change
                    tab.build(lab)
        lab.at_once(places.select, [link], {"visible": False})  # what it leads to is gone
        asked = named.then(None, lab.visitor, [lab.visitor, address], js=ADDRESS_JS, **QUIET)
        whose = [lab.visitor, address, lab.language]
        entered = [arrived, looked[0]]
        asked.then(arrive, whose, [*entered, linked], **QUIET)
        # Apart, because gradio makes every output of an answer anew, even where nothing changes.
        brought = [*entered, *desk.outputs, places, *lab.links.targets]
        linked.change(enter, [linked, lab.language], brought, **QUIET)
        page.load(None, js=show_js(lab.links.names))
        page.load(None, js=FOLLOW_JS)
        page.load(None, js=LEAVE_JS)
        opened = [address, *lab.links.sources]
        shared = lab.on(sharing.click, share, opened, [link], js=OPEN_JS)
        copied = shared.success(None, link, link, js=COPY_JS, **QUIET)
        copied.then(None, link, link, js=KEEP_JS, **QUIET)
        lab.language.change(None, lab.language, None, js=KEEP_LANGUAGE_JS, **QUIET)
        lab.language.change(
            switch_language,
            [lab.visitor, lab.language, lab.spoken],
            [lab.spoken, *lab.words.components],
            queue=False,
            **QUIET,
        )
    return page


def run(
    tabs: Sequence[ModuleType],
    device: str | None = None,
    password: str | None = None,
    log: bool = False,
    teacher_key: str = "",
    **options: Any,
) -> None:
    """Open the page to visitors, and stay until stopped.

    password: lets in whoever knows it, under any name. log: whether what is asked for is printed,
    by the handler's name and its duration. teacher_key: opens the page of the class. options go to
    gradio's launch. Raises `Problem` for a device that is not there.
    """
    if log:
        written = logging.StreamHandler()
        written.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        NOTES.addHandler(written)
        NOTES.setLevel(logging.INFO)
    # Gradio would print what went wrong with the value that a visitor sent.
    for module in (gradio.queueing, gradio.routes, gradio.utils):
        module.traceback = SimpleNamespace(print_exc=note_error)  # type: ignore[attr-defined]
    # Gradio would import it, to choose its backend for every answer. Nothing here draws with it.
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
    # Answers are small, and many at once; threads that wait for each other while a training has
    # the other core made a translation of 80 ms last 2 s.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    # A translation takes and gives back the interpreter's lock some thousand times, and each time
    # would wait 5 ms, Python's default, for a thread that has other things to do.
    sys.setswitchinterval(SWITCH)
    # Where gradio hands files out from, it needs no copies of what trainings write.
    handed_out = Path(gradio.utils.get_upload_folder())
    handed_out.mkdir(parents=True, exist_ok=True)
    lab = Lab(choose(device), Runner(handed_out))
    # A server is ended by SIGTERM; the trainings' files must go then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    page = frame(lab, tabs, teacher_key or "")
    # A page that opens asks for half a dozen things, and a class opens it at once.
    page.queue(default_concurrency_limit=2, max_size=256, api_open=False)
    # Gradio's own are 1 and 10 ms, all the time, also where nobody visits: each look holds the
    # interpreter's lock.
    page._queue.sleep_when_free, page._queue.progress_update_sleep_when_free = PAUSES

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    verbs = [name.strip("/") for name in page.get_api_info()["named_endpoints"]]
    amended = Middleware(
        Amended, words=lab.words, choice=lab.language, shared=not password
    )  # fmt: skip
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
            auth=(lambda _, given: compare_digest(given.encode(), password.encode()))
            if password
            else None,
            app_kwargs={
                "middleware": [Middleware(Closed, names=verbs), Middleware(Quicker), amended],
                "routes": [Route("/health", health), modules_route()],
            },
            prevent_thread_lock=True,
            **options,
        )
        sessions.install(page)
        for seconds, prepare in ((HEAD_START, warm), (LATER, stock)):
            later = threading.Timer(seconds, prepare, (lab, tabs))
            later.daemon = True
            later.start()
        threading.Thread(target=sessions.sweep, args=(page, lab), daemon=True).start()
        page.block_thread()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        lab.runner.close()
    for tunnel in CURRENT_TUNNELS:  # of --share
        tunnel.kill()
    # Not by way of Python's own end: a thread that is inside torch then would abort the process.
    os._exit(0)


def note_error() -> None:
    """Log where the error at hand happened, and of what kind it is; not what it says."""
    kind, _, where = sys.exc_info()
    lines = "".join(traceback.format_tb(where))
    NOTES.error("gradio failed: %s\n%s", kind.__name__ if kind else "", lines)


def warm(lab: Lab, tabs: Sequence[ModuleType]) -> None:
    """What each tab shows first."""
    for tab in tabs:
        with suppress(Problem):  # which the tab tells whoever opens it
            tab.warm(lab)


def stock(lab: Lab, tabs: Sequence[ModuleType]) -> None:
    """What a visitor would else wait for later, and the data that are missing."""
    lab.runner.warm()
    for tab in tabs:
        with suppress(Problem):
            tab.stock(lab)
    if mnist.at_hand().source != "mnist" and mnist.load().source == "mnist":
        warm(lab, tabs)
    gc.freeze()  # all this stays: no collection needs to go through it again
