"""How the page is served: options, middleware, preparation in the background, and the end."""

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from hmac import compare_digest
from typing import Any, NoReturn

import gradio as gr
import torch
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core import mnist
from core.device import choose
from core.errors import Problem
from core.execution.runner import Runner
from pages.app import theme
from pages.app.errors import LOG
from pages.app.lab import Lab
from pages.app.page import build_page
from pages.app.page_language import requested_language
from pages.app.tab import Tab
from pages.gradio_compat.component_ids import component_id
from pages.gradio_compat.file_cache import served_folder
from pages.gradio_compat.frontend_scripts import PatchedScripts
from pages.gradio_compat.initial_language import language_script
from pages.gradio_compat.matplotlib_import import block_matplotlib
from pages.gradio_compat.page_cache import PageCache
from pages.gradio_compat.private_endpoints import PrivateEndpoints, public_endpoints
from pages.gradio_compat.queue_polling import slow_polling
from pages.gradio_compat.session_state import free_closed_sessions, install_sessions
from pages.gradio_compat.share_tunnels import close_tunnels
from pages.gradio_compat.traceback_logging import log_without_messages
from pages.modules import modules_route
from pages.text import DEFAULT

SWITCH_INTERVAL = 0.0005  # seconds after which a thread gives the interpreter lock to another
WARM_DELAY = 2.0  # seconds before the tabs are prepared; the first page is served meanwhile
PRELOAD_DELAY = 5.0  # seconds before slow preparations begin
CLOSED_SECONDS = 300.0  # during which a page that lost its connection may come back
SWEEP_SECONDS = 30.0  # between two searches for closed pages


def run(
    tabs: Sequence[Tab],
    device: str | None = None,
    password: str | None = None,
    log: bool = False,
    teacher_key: str = "",
    **options: Any,
) -> None:
    """Serve the page until the process is stopped.

    password: lets in whoever knows it, under any name. log: whether each request is logged, by the
    name of its handler and its duration. teacher_key: opens the page of the class. options go to
    `gr.Blocks.launch`. Raises `Problem` for a device that does not exist.
    """
    if log:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        LOG.addHandler(handler)
        LOG.setLevel(logging.INFO)
    log_without_messages(LOG)
    block_matplotlib()
    # Requests are small and many at once. With a training on the other core, threads that waited
    # for each other made a translation of 80 ms take 2 s.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    # A translation releases the interpreter lock about a thousand times. Each time it would wait
    # 5 ms, Python's default, for a busy thread.
    sys.setswitchinterval(SWITCH_INTERVAL)
    # Trainings write where Gradio serves files, so that it copies nothing.
    lab = Lab(choose(device), Runner(served_folder()))
    # SIGTERM ends the process like an exit, so that the files of the trainings are deleted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    page = build_page(lab, tabs, teacher_key or "")
    # A page sends several requests when it opens, and a whole class may open it at once.
    page.queue(default_concurrency_limit=2, max_size=256, api_open=False)
    slow_polling(page)
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
                "middleware": middleware(page, lab, shared=not password),
                "routes": [Route("/health", health), modules_route()],
            },
            prevent_thread_lock=True,
            **options,
        )
        install_sessions(page)
        for seconds, prepare in ((WARM_DELAY, warm), (PRELOAD_DELAY, preload)):
            timer = threading.Timer(seconds, prepare, (lab, tabs))
            timer.daemon = True
            timer.start()
        threading.Thread(target=sweep, args=(page, lab), daemon=True).start()
        page.block_thread()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        lab.runner.close()
    close_tunnels()
    # Without the interpreter's own shutdown: a thread inside torch would abort the process.
    os._exit(0)


def middleware(page: gr.Blocks, lab: Lab, shared: bool) -> list[Middleware]:
    """What stands between the browser and Gradio. shared: see `PageCache`."""
    return [
        Middleware(PrivateEndpoints, public=public_endpoints(page)),
        Middleware(PatchedScripts),
        Middleware(
            PageCache,
            language_of=requested_language,
            inserted=partial(inserted, lab),
            shared=shared,
        ),
    ]


def inserted(lab: Lab, language: str) -> bytes:
    """What is inserted into the page: the icon and the visitor's language."""
    properties = {}
    if language != DEFAULT:
        choice = {component_id(lab.events.language): {"value": language}}
        properties = choice | lab.words.by_component(language)
    return theme.ICON + language_script(language, properties)


async def health(_: Request) -> JSONResponse:
    """Answer that the server runs; needs no password."""
    return JSONResponse({"status": "ok"})


def warm(lab: Lab, tabs: Sequence[Tab]) -> None:
    """Prepare what each tab shows first."""
    for tab in tabs:
        with suppress(Problem):  # the tab reports it to its visitors
            tab.warm(lab)


def preload(lab: Lab, tabs: Sequence[Tab]) -> None:
    """Prepare what takes seconds and is requested later; load missing data."""
    lab.runner.warm()
    for tab in tabs:
        with suppress(Problem):
            tab.preload(lab)
    if mnist.at_hand().source != "mnist" and mnist.load().source == "mnist":
        warm(lab, tabs)
    gc.freeze()  # all of this is kept: no collection needs to search it again


def free_closed_pages(page: gr.Blocks, lab: Lab, seconds: float = CLOSED_SECONDS) -> int:
    """Free closed pages, and visitors who have no other open page. Returns the number of pages."""
    closed, left = free_closed_sessions(page, seconds)
    for token in left:
        lab.forget(token)
    return closed


def sweep(page: gr.Blocks, lab: Lab) -> NoReturn:
    """Free closed pages at intervals, and give the memory back to the system."""
    while True:
        time.sleep(SWEEP_SECONDS)
        if free_closed_pages(page, lab):
            gc.collect()
            if sys.platform == "linux":  # glibc keeps freed memory unless it is asked
                with suppress(AttributeError):
                    ctypes.CDLL(None).malloc_trim(0)
