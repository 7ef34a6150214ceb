"""The page as it is sent: in the visitor's language, made once, packed, whatever the address."""

import asyncio
import gzip
import json
import re
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from pages.app.words import Words
from pages.document import BEFORE, SCRIPT, Amended
from pages.text import text


class Served:
    """A page of two components, behind `Amended`, and how often it was made."""

    def __init__(self, shared: bool = True):
        self.words, self.asked = Words(), []
        self.choice = gr.Radio(["en", "zh"], value="en", render=False)
        self.button = self.words.say(gr.Button(render=False), value="training.train")

        async def page(request: Request) -> HTMLResponse:
            self.asked.append(str(request.url))
            return HTMLResponse(b"<head>" + BEFORE + b"</head>")

        async def other(_: Request) -> HTMLResponse:
            return HTMLResponse("no page")

        routes = [Route("/", page), Route("/other/", other), Route("/file", other)]
        self.app = Amended(Starlette(routes=routes), self.words, self.choice, shared)

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


def exchanged(page: str) -> dict[str, Any]:
    """The words that a page puts into its components, by their id."""
    found = re.search(r"const words = (.*);", page)
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
    assert f'documentElement.lang = "{language}"' in page
    words = exchanged(page)
    if language == "en":
        assert not words
    else:
        assert words[str(served.choice._id)] == {"value": language}
        assert words[str(served.button._id)] == {"value": text("training.train", language)}
    assert 0 < page.index("const words") < page.index(SCRIPT.decode()) < page.index(BEFORE.decode())


def test_the_page_is_made_once_for_all():
    served = Served()
    pages = [served.get(path) for path in ("/", "/?tab=digits", "/?page=none&deep_link=x")]
    assert len({page.text for page in pages}) == 1
    assert served.asked == ["http://lab/"], "gradio must not see the query"
    assert served.get("/", host="elsewhere").text
    assert len(served.asked) == 2, "another address may have another page"


def test_the_page_is_made_for_each_where_they_log_in():
    served = Served(shared=False)
    assert served.get().text == served.get().text
    assert len(served.asked) == 2


def test_the_page_is_packed_for_whoever_can_unpack_it():
    served = Served()
    packed, plain = (served.get("/", **{"accept-encoding": kind}) for kind in ("gzip", "identity"))
    assert packed.headers["content-encoding"] == "gzip" and packed.text == plain.text
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, mtime=0))
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/other/", "/file", "/nowhere/"])
def test_nothing_else_is_touched(path):
    served = Served()
    found = served.get(path)
    assert (found.text, found.status_code) in (("no page", 200), ("Not Found", 404))
