"""What is exchanged in gradio's own scripts on their way to the browser, so that it answers sooner.

Gradio's page (6.31) looks for a component by walking through all of them, from the root: at each
event, for every input and every output, and for every event when the page opens. With a thousand
components, each of them behind a proxy of Svelte's, a look takes two milliseconds. Here it
remembers the way, and walks again where that leads to another. A script in which something to be
exchanged does not stand word for word is left as it is: another version of gradio is merely slower.
`python -m tests.benchmarks.first_visit` measures the page with all this and without.
"""

import re
from functools import cache
from pathlib import Path

import gradio as gr
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ASSETS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
AN_HOUR = {"cache-control": "max-age=3600"}
EXCHANGED = {
    "core-": (
        (  # Find the node of the tree e that has the id t.
            "function Z(e,t){if(e.id===t)return e;if(e.children)for(let n of e.children)"
            "{let e=Z(n,t);if(e)return e}return null}",
            "const ways=new Map;function Z(e,t){"
            "let n=e;for(const i of ways.get(t)??[])n=n?.children?.[i];if(n?.id===t)return n;"
            "const way=[],walk=(e)=>{if(e.id===t)return e;let i=0;for(const n of e.children??[])"
            "{way.push(i++);const found=walk(n);if(found)return found;way.pop()}return null},"
            "found=walk(e);if(found)ways.set(t,way);return found}",
        ),
        (  # Which of the events t the component e has, by name.
            "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find("
            "([t])=>t===e.id);return n?n[1]:null}).filter(Boolean);",
            "let all=named.get(t);if(!all){named.set(t,all=new Map);for(const{targets:n}of t)"
            "for(const[e,t]of new Map([...n].reverse()))"
            "all.has(e)?all.get(e).push(t):all.set(e,[t])}"
            "let n=(all.get(e.id)??[]).filter(Boolean);",
        ),
        ("function q(e,t){", "const named=new WeakMap;function q(e,t){"),
    ),
    "Blocks-": (
        (  # Give a component what an event wants of it, which for most is nothing.
            "this.set_event_args(e,t.event_args)",
            "Object.keys(t.event_args).length&&this.set_event_args(e,t.event_args)",
        ),
    ),
}


@cache
def exchanged(name: str) -> bytes | None:
    """A script of gradio's as the browser is to have it; None for one that is left as it is."""
    kind = next((each for each in EXCHANGED if name.startswith(each)), None)
    if kind is None or not (ASSETS / name).is_file():
        return None
    script = (ASSETS / name).read_text(encoding="utf-8")
    for old, new in EXCHANGED[kind]:
        if script.count(old) != 1:
            return None
        script = script.replace(old, new)
    return script.encode()


class Quicker:
    """Hands these scripts out, and touches no other answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] == "GET":
            name = re.search(r"/assets/([\w-]+\.js)$", scope["path"])
            if name and (script := exchanged(name[1])) is not None:
                answer = Response(script, headers=AN_HOUR, media_type="text/javascript")
        await answer(scope, receive, send)
