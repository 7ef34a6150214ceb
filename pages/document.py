"""What is added to gradio's page before it is sent: an icon, the visitor's language, and speed.

Without an icon, a browser asks the host's root for one, which behind a proxy is not the lab's.

The page is written in English. Put into another language only once it stands, it would show itself
in English first, for seconds on a slow machine; so its words are exchanged before gradio reads it.

Gradio's page (6.31) goes through all events once for each of its components, and again after the
first paint. Svelte wraps plain objects and arrays in proxies that tell of changes, which makes each
look at an event slow; but the events of a page never change. What has a prototype of its own is
left unwrapped. `python -m tests.benchmarks.first_visit` measures the page with this and without.
"""

import gzip
import json
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from gradio.blocks import Block
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.app.words import Words
from pages.text import DEFAULT, LANGUAGES, known

COOKIE = "netlab_language"
KEPT = 16  # pages in memory, of each language and address
ADDRESS = ("host", "x-forwarded-host", "x-forwarded-proto")  # what gradio makes the address of
# What the browser does when another language is chosen: says so to whoever reads the page aloud,
# in the address if it names one, and to the server when the page is opened again. Inside another
# site's frame, as on Hugging Face, a cookie must be of its own kind.
KEEP_LANGUAGE_JS = f"""(language) => {{
  document.documentElement.dataset.language = document.documentElement.lang = language;
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {{
    url.searchParams.set("lang", language);
    history.replaceState(null, "", url);
  }}
  const safe = location.protocol === "https:";
  document.cookie = `{COOKIE}=${{language}}; path=${{location.pathname}}; max-age=31536000; ` +
    (safe ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax");
}}"""
ICON = b"""<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'
viewBox='0 0 32 32'><g stroke='%234f46e5' stroke-width='2'><path d='M7 9L25 16M7 23L25 16M7 9L16
16M7 23L16 16'/></g><g fill='%234f46e5'><circle cx='7' cy='9' r='4'/><circle cx='7' cy='23' r='4'/>
<circle cx='16' cy='16' r='4'/><circle cx='25' cy='16' r='5'/></g></svg>">"""
BEFORE = b"<script data-gradio-mode>"  # comes after the settings, before gradio's own script
SCRIPT = b"""<script>{
class Fixed extends Array {}
const config = window.gradio_config;
if (Array.isArray(config?.dependencies)) config.dependencies = Fixed.from(config.dependencies);
const own = Object.create(Object.prototype);
for (const event of config?.dependencies ?? []) Object.setPrototypeOf(event, own);
}</script>"""


def asked_for(request: HTTPConnection) -> str:
    """The language of a page: its address's, else the last one chosen, else the browser's."""
    for given in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if given in LANGUAGES:
            return known(given)
    for given in request.headers.get("accept-language", "").split(","):
        if (short := given.split(";")[0].split("-")[0].strip().lower()) in LANGUAGES:
            return short
    return DEFAULT


class Amended:
    """Adds all that to the page, and touches no other answer.

    Gradio makes the page anew for every visitor, which takes a sixth of a second, and sends it as
    it is, a megabyte and a half. Here it is made once, and sent packed, in a twelfth of that.

    words: of the page's components; choice: the one that holds the language; shared: whether the
    page is the same for all, which it is not where they must log in.
    """

    def __init__(self, app: ASGIApp, words: Words, choice: Block, shared: bool):
        self.app, self.shared = app, shared
        self._spoken = lru_cache(lambda language: spoken(words, choice, language))
        self._kept: OrderedDict[Any, Response] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/"):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        language = asked_for(request)
        kind = (packed, language, scope["path"], *map(request.headers.get, ADDRESS))
        if self.shared and kind in self._kept:
            self._kept.move_to_end(kind)
            await self._kept[kind](scope, receive, send)
            return
        said: list[Message] = []

        async def note(message: Message) -> None:
            said.append(message)

        # Without the query, of which gradio would take `page` and `deep_link` for its own.
        await self.app({**scope, "query_string": b""}, receive, note)
        body = b"".join(message.get("body", b"") for message in said)
        if BEFORE not in body:
            for message in said:
                await send(message)
            return
        added = ICON + self._spoken(language) + SCRIPT
        page = body.replace(BEFORE, added + BEFORE, 1)
        headers = {"vary": "accept-encoding, accept-language, cookie", "cache-control": "no-cache"}
        if packed:
            page, headers = gzip.compress(page, mtime=0), headers | {"content-encoding": "gzip"}
        answer = HTMLResponse(page, said[0]["status"], headers)
        if self.shared:
            self._kept[kind] = answer
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        await answer(scope, receive, send)


def spoken(words: Words, choice: Block, language: str) -> bytes:
    """A script that puts the page into a language."""
    exchanged: dict[int, dict[str, Any]] = {}
    if language != DEFAULT:
        exchanged = {choice._id: {"value": language}, **words.by_component(language)}
    # No "<" inside, which could end the script.
    table = json.dumps(exchanged, ensure_ascii=False).replace("<", "\\u003c")
    return f"""<script>{{
document.documentElement.dataset.language = document.documentElement.lang = "{language}";
const words = {table};
for (const {{ id, props }} of window.gradio_config?.components ?? [])
  if (id in words) {{
    const {{ words: own, ...rest }} = words[id];
    Object.assign(props, rest);
    if (own) props.props.words = own;
  }}
}}</script>""".encode()
