"""Keeps little memory for each open page, and frees it soon after the page is closed.

Patches: `Blocks.app.state_holder`, a `gradio.state_holder.StateHolder`, and the class of the
sessions in it, `SessionState`.
Why: Gradio describes every component in every session, for deep links, which the lab does not use:
130 to 190 ms for each visitor, 1 ms here, during which nobody else is
answered. It keeps a session until as many as `state_session_capacity` have come.
Written for: Gradio 6.31.0.
No longer needed: when a session is cheap without deep links, and closed sessions are freed in time.
If Gradio changes: the constructor of `Session` fails on the first visit; the canary test says so
before.
"""

from collections.abc import Collection
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder


class Session(SessionState):
    """One open page, without descriptions of its components."""

    def __init__(self, blocks: gr.Blocks):
        without_components: Any = SimpleNamespace(default_config=blocks.default_config, blocks=())
        super().__init__(without_components)
        self.visitor = ""  # the token of the visitor who opened the page
        self.blocks_config.config_for_block = lambda *_: {}  # type: ignore[method-assign]


class Sessions(StateHolder):
    """All open pages."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def install_sessions(page: gr.Blocks) -> None:
    """Use `Sessions` for a page. Call this after `page.launch()`, which creates the server."""
    sessions = Sessions()
    sessions.set_blocks(page)
    page.app.state_holder = sessions


def set_visitor(page: gr.Blocks, session_id: str, token: str) -> None:
    """Record which visitor opened a page."""
    page.state_holder[session_id].visitor = token  # type: ignore[attr-defined]


def free_closed_sessions(page: gr.Blocks, seconds: float) -> tuple[int, Collection[str]]:
    """Free the sessions whose page was closed and last used more than `seconds` ago.

    Returns how many there were, and the tokens of the visitors who have no session left.
    """
    holder, now = page.state_holder, datetime.now()
    with holder.lock:
        closed = [
            session_id
            for session_id, session in holder.session_data.items()
            if session.is_closed
            and (now - holder.time_last_used[session_id]).total_seconds() > seconds
        ]
        left = {holder.session_data.pop(session_id).visitor for session_id in closed}  # type: ignore[attr-defined]
        for session_id in closed:
            holder.time_last_used.pop(session_id, None)
        present = {session.visitor for session in holder.session_data.values()}  # type: ignore[attr-defined]
    return len(closed), left - present - {""}
