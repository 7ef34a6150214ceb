"""A visit to a page in Chromium that must end without an error or a request to another machine."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlparse


@contextmanager
def visit(
    browser: Any, address: str, width: int = 1366, query: str = "", forgiven: Sequence[str] = ()
) -> Iterator[Any]:
    """A fresh browser context at an address, i.e. a visitor of its own.

    forgiven: what the console may say, e.g. gradio of its own streams that a reload cuts.
    """
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(90_000)
    wrong: list[str] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    here = (urlparse(address).hostname, None)
    page.on(
        "request", lambda asked: urlparse(asked.url).hostname in here or wrong.append(asked.url)
    )
    page.goto(f"{address}?__theme=light{query}")
    page.wait_for_selector("button[role=tab]")
    yield page
    context.close()
    wrong = [said for said in wrong if not any(part in said for part in forgiven)]
    assert not wrong, wrong


def open_tab(page: Any, name: str) -> None:
    """Click the tab of that name, wherever it stands in sight."""
    page.locator(
        "button[role=tab]:visible", has_text=re.compile(f"^{re.escape(name)}$")
    ).first.click()
