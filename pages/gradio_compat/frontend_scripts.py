"""Serves scripts of Gradio's front end with some of their text replaced.

Uses: the file names and the minified text of the scripts in `gradio/templates/frontend/assets`.
Why: the front end repeats searches for each of the 1,000 components and 420 events of the page.
Written for: Gradio 6.31.0.
No longer needed: a group of replacements, when `python -m tests.benchmarks.first_look --without
GROUP`, or for "component_lookup" the time of a later event, shows no difference.
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


REPLACEMENTS: dict[str, tuple[Replacement, ...]] = {
    # Finds a component of the page by the path (positions among children, from the root) at which
    # it was found before; where that leads to another component, it searches. Opening the page does
    # not need it, later events do: the searches while a slider is dragged take 0.2 s, 6.9 s
    # without; those of a change of the language 0.3 s, 1.0 s without.
    "component_lookup": (
        Replacement(
            "core-",
            "function Z(e,t){if(e.id===t)return e;if(e.children)for(let n of e.children)"
            "{let e=Z(n,t);if(e)return e}return null}",
            "const paths=new Map;function Z(e,t){"
            "let n=e;for(const i of paths.get(t)??[])n=n?.children?.[i];if(n?.id===t)return n;"
            "const path=[],walk=(e)=>{if(e.id===t)return e;let i=0;for(const n of e.children??[])"
            "{path.push(i++);const found=walk(n);if(found)return found;path.pop()}return null},"
            "found=walk(e);if(found)paths.set(t,path);return found}",
        ),
    ),
    # Finds the events of a component in a map, built once, and not among all events (1.51 s to a
    # usable page, 1.72 s without).
    "event_lookup": (
        Replacement(
            "core-",
            "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find("
            "([t])=>t===e.id);return n?n[1]:null}).filter(Boolean);",
            "let all=named.get(t);if(!all){named.set(t,all=new Map);for(const{targets:n}of t)"
            "for(const[e,t]of new Map([...n].reverse()))"
            "all.has(e)?all.get(e).push(t):all.set(e,[t])}"
            "let n=(all.get(e.id)??[]).filter(Boolean);",
        ),
        Replacement("core-", "function q(e,t){", "const named=new WeakMap;function q(e,t){"),
    ),
    # Skips updates of event arguments without content, one for each target of each event (1.51 s,
    # 1.68 s without).
    "event_arguments": (
        Replacement(
            "Blocks-",
            "this.set_event_args(e,t.event_args)",
            "Object.keys(t.event_args).length&&this.set_event_args(e,t.event_args)",
        ),
    ),
}


def all_replacements() -> list[Replacement]:
    """The replacements of all groups."""
    return [each for group in REPLACEMENTS.values() for each in group]


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

    def __init__(self, app: ASGIApp):
        self.app = app
        self._patched = lru_cache(lambda name: patched(name, all_replacements()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] == "GET":
            name = re.search(r"/assets/([\w-]+\.js)$", scope["path"])
            if name and (script := self._patched(name[1])) is not None:
                answer = Response(script, headers=HEADERS, media_type="text/javascript")
        await answer(scope, receive, send)
