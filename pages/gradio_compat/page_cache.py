"""Renders the page once, inserts scripts before Gradio's own, and sends it compressed.

Uses: the text `<script data-gradio-mode>` of Gradio's page, which comes after its configuration
and before its first script; the headers that the page depends on.
Why: Gradio renders the page for every visitor, which takes 160 ms, and sends 1.5 MB uncompressed.
The compressed page has a twelfth of that size. `launch(head=...)` puts scripts before the
configuration, where they cannot change it.
Written for: Gradio 6.31.0.
No longer needed: when Gradio caches and compresses its page, and `initial_language` is
gone.
If Gradio changes: a page without that text is passed on unchanged: in English, uncompressed, slow.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = b"<script data-gradio-mode>"
CAPACITY = 16  # pages in memory, of each language and address
ADDRESS = ("host", "x-forwarded-host", "x-forwarded-proto")  # Gradio makes its address of these
HEADERS = {"vary": "accept-encoding, accept-language, cookie", "cache-control": "no-cache"}


class PageCache:
    """Middleware that answers requests for the page, and passes on all others.

    language_of: the language that a request asks for. inserted: the HTML to insert for a language.
    shared: whether the page is the same for all visitors; it is not where they must log in.
    """

    def __init__(
        self,
        app: ASGIApp,
        language_of: Callable[[HTTPConnection], str],
        inserted: Callable[[str], bytes],
        shared: bool,
    ):
        self.app, self.language_of, self.shared = app, language_of, shared
        self._inserted = lru_cache(inserted)
        self._pages: OrderedDict[Any, Response] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/"):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        compressed = "gzip" in request.headers.get("accept-encoding", "")
        language = self.language_of(request)
        key = (compressed, language, scope["path"], *map(request.headers.get, ADDRESS))
        if self.shared and key in self._pages:
            self._pages.move_to_end(key)
            await self._pages[key](scope, receive, send)
            return
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        # Without the query: Gradio would read its own parameters `page` and `deep_link` from it.
        await self.app({**scope, "query_string": b""}, receive, collect)
        page = b"".join(message.get("body", b"") for message in messages)
        if MARK not in page:
            for message in messages:
                await send(message)
            return
        page = page.replace(MARK, self._inserted(language) + MARK, 1)
        headers = HEADERS
        if compressed:
            page, headers = gzip.compress(page, mtime=0), headers | {"content-encoding": "gzip"}
        answer = HTMLResponse(page, messages[0]["status"], headers)
        if self.shared:
            self._pages[key] = answer
            if len(self._pages) > CAPACITY:
                self._pages.popitem(last=False)
        await answer(scope, receive, send)
