"""What gradio keeps of each open page: as little as it can be, and no longer than it must."""

import ctypes
import gc
import sys
import time
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NoReturn

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

from pages.app.lab import Lab
from pages.app.visitors import is_token

LINGER = 300.0  # seconds for which a page that lost its server may come back
SWEEP = 30.0  # seconds between two looks


class Session(SessionState):
    """One open page, without a description of every component on it.

    Gradio keeps that for its own links, which the lab has no use for. It took a fifth of a second
    for each visitor, in which nobody else was answered, and more with every update.
    """

    def __init__(self, blocks: gr.Blocks):
        described_none: Any = SimpleNamespace(default_config=blocks.default_config, blocks=())
        super().__init__(described_none)
        self.visitor = ""  # the token of whoever looks at it
        self.blocks_config.config_for_block = lambda *_: {}  # type: ignore[method-assign]


class Sessions(StateHolder):
    """All open pages."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def install(page: gr.Blocks) -> None:
    """Keep the sessions of a page that is served in this way."""
    sessions = Sessions()
    sessions.set_blocks(page)
    page.app.state_holder = sessions


def belongs(page: gr.Blocks, session: str | None, token: Any) -> None:
    """Note whose an open page is; whoever gives no token of their own has nothing to be freed."""
    if session and is_token(token):
        page.state_holder[session].visitor = token  # type: ignore[attr-defined]


def free_the_gone(page: gr.Blocks, lab: Lab, linger: float = LINGER) -> int:
    """Free what is kept of pages that were closed, and of visitors who have no other open.

    How many pages they were. Gradio alone would keep all of it until as many have come as
    `state_session_capacity`.
    """
    holder, now = page.state_holder, datetime.now()
    with holder.lock:
        gone = [
            session
            for session, state in holder.session_data.items()
            if state.is_closed and (now - holder.time_last_used[session]).total_seconds() > linger
        ]
        left = {holder.session_data.pop(session).visitor for session in gone}  # type: ignore[attr-defined]
        for session in gone:
            holder.time_last_used.pop(session, None)
        here = {state.visitor for state in holder.session_data.values()}  # type: ignore[attr-defined]
    for token in left - here - {""}:
        lab.forget(token)
    return len(gone)


def sweep(page: gr.Blocks, lab: Lab) -> NoReturn:
    """Free the gone again and again."""
    while True:
        time.sleep(SWEEP)
        if free_the_gone(page, lab):
            gc.collect()
            if sys.platform == "linux":  # glibc keeps what was freed, unless it is asked
                with suppress(AttributeError):
                    ctypes.CDLL(None).malloc_trim(0)
