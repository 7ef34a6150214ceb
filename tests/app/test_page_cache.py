"""The page as it is sent: in the visitor's language, rendered once, compressed."""

import asyncio
import gzip
import json
import re
from functools import partial
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from pages.app import server
from pages.app.page_language import requested_language
from pages.app.words import Words
from pages.gradio_compat.component_ids import component_id
from pages.gradio_compat.page_cache import MARK, PageCache
from pages.text import text


class Served:
    """A page of two components behind `PageCache`, and the requests that reached Gradio."""

    def __init__(self, shared: bool = True):
        words, self.requests = Words(), []
        self.language = gr.Radio(["en", "zh"], value="en", render=False)
        self.button = words.translate(gr.Button(render=False), value="training.train")

        async def page(request: Request) -> HTMLResponse:
            self.requests.append(str(request.url))
            return HTMLResponse(b"<head>" + MARK + b"</head>")

        async def other(_: Request) -> HTMLResponse:
            return HTMLResponse("no page")

        routes = [Route("/", page), Route("/other/", other), Route("/file", other)]
        events = SimpleNamespace(language=self.language)
        lab: Any = SimpleNamespace(words=words, events=events)
        self.app = PageCache(
            Starlette(routes=routes), requested_language, partial(server.inserted, lab), shared
        )

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


def changed(page: str) -> dict[str, Any]:
    """The properties that a page sets before Gradio starts, by the number of the component."""
    found = re.search(r'setLanguage\("\w+", (.*)\);', page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/", {}, "en"),
        ("/?lang=zh", {}, "zh"),
        ("/?lang=zh&tab=digits", {"accept-language": "fr"}, "zh"),
        ("/?lang=tlh", {"accept-language": "zh-TW,zh;q=0.9,en;q=0.8"}, "zh"),
        ("/", {"accept-language": "fr-FR, en-GB;q=0.9, zh;q=0.8"}, "en"),
        ("/", {"cookie": "a=b; netlab_language=zh", "accept-language": "en"}, "zh"),
        ("/?lang=en", {"cookie": "netlab_language=zh"}, "en"),
        ("/", {"cookie": "netlab_language=<script>"}, "en"),
    ],
)
def test_the_page_comes_in_the_language_asked_for(path, headers, language):
    served = Served()
    page = served.get(path, **headers).text
    assert f'setLanguage("{language}", ' in page
    words = changed(page)
    if language == "en":
        assert not words
    else:
        assert words[str(component_id(served.language))] == {"value": language}
        assert words[str(component_id(served.button))] == {
            "value": text("training.train", language)
        }
    assert 0 < page.index("setLanguage(") < page.index(MARK.decode())


def test_the_page_is_rendered_once_for_all():
    served = Served()
    pages = [served.get(path) for path in ("/", "/?tab=digits", "/?page=none&deep_link=x")]
    assert len({page.text for page in pages}) == 1
    assert served.requests == ["http://lab/"], "Gradio must not see the query"
    assert served.get("/", host="elsewhere").text
    assert len(served.requests) == 2, "another address may have another page"


def test_the_page_is_rendered_for_each_visitor_where_they_log_in():
    served = Served(shared=False)
    assert served.get().text == served.get().text
    assert len(served.requests) == 2


def test_the_page_is_compressed_for_a_browser_that_accepts_it():
    served = Served()
    compressed, plain = (
        served.get("/", **{"accept-encoding": kind}) for kind in ("gzip", "identity")
    )
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.text == plain.text
    assert int(compressed.headers["content-length"]) == len(gzip.compress(plain.content, mtime=0))
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/other/", "/file", "/nowhere/"])
def test_no_other_answer_is_changed(path):
    served = Served()
    found = served.get(path)
    assert (found.text, found.status_code) in (("no page", 200), ("Not Found", 404))
