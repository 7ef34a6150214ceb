"""Serves scripts of Gradio's front end with some of their text replaced.

Uses: the file names and the minified text of the scripts in `gradio/templates/frontend/assets`.
Why: the front end spends seconds of a page with 1,000 components on repeated searches. Each group
of replacements has its own file: `component_lookup`, `event_lookup`, `event_arguments`.
Written for: Gradio 6.31.0.
No longer needed: when none of these files is needed any more.
If Gradio changes: a script that does not contain each replaced text exactly once is served
unchanged. The page is slower, but works.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import gradio as gr
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
HEADERS = {"cache-control": "max-age=3600"}


class Replacement(NamedTuple):
    """Replace `old` by `new` in the scripts whose file name begins with `script`."""

    script: str
    old: str
    new: str


def patched(name: str, replacements: Sequence[Replacement], folder: Path = ASSETS) -> bytes | None:
    """A script with its replacements; None where there are none or where a text is not found."""
    own = [each for each in replacements if name.startswith(each.script)]
    if not own or not (folder / name).is_file():
        return None
    script = (folder / name).read_text(encoding="utf-8")
    for each in own:
        if script.count(each.old) != 1:
            return None
        script = script.replace(each.old, each.new)
    return script.encode()


class PatchedScripts:
    """Middleware that answers requests for the patched scripts, and passes on all others."""

    def __init__(self, app: ASGIApp, replacements: Sequence[Replacement]):
        self.app = app
        self._patched = lru_cache(lambda name: patched(name, replacements))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] == "GET":
            name = re.search(r"/assets/([\w-]+\.js)$", scope["path"])
            if name and (script := self._patched(name[1])) is not None:
                answer = Response(script, headers=HEADERS, media_type="text/javascript")
        await answer(scope, receive, send)
