"""A visit to a page in Chromium that must end without an error or a request to another machine."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlparse

# How far a page is wider than its window.
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
# The ids of all sections in sight, and of the parts of the one that is open.
SECTIONS = """() => [...document.querySelectorAll("[role=tabpanel] button[role=tab]")]
  .filter((tab) => tab.checkVisibility()).map((tab) => tab.dataset.tabId)"""
# What the console says of gradio's own streams when a reload or the end of a visit cuts them.
CUT_STREAM = (
    "signal is aborted",
    "network error",
    "INCOMPLETE_CHUNKED",
    "Connection errored out",
    "Unexpected client exception",
    "Unexpected error 404",
)


@contextmanager
def visit(
    browser: Any,
    address: str,
    width: int = 1366,
    query: str = "",
    forgiven: Sequence[str] = (),
    tab: str = "",
    theme: str = "light",
    **settings: Any,
) -> Iterator[Any]:
    """A fresh browser context at an address, i.e. a visitor of its own.

    forgiven: what the console may say, e.g. gradio of its own streams that a reload cuts. tab: the
    one to open first. settings: of the browser's context.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
    page = context.new_page()
    page.set_default_timeout(150_000)
    wrong: list[str] = []
    page.on(
        "console",
        lambda message: (
            message.type == "error" and wrong.append(f"{message.text} {message.location['url']}")
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    here = (urlparse(address).hostname, None)
    page.on(
        "request", lambda asked: urlparse(asked.url).hostname in here or wrong.append(asked.url)
    )
    try:
        page.goto(f"{address}?__theme={theme}{query}")
        page.wait_for_selector("button[role=tab]")
        if tab:
            open_tab(page, tab)
        yield page
    except Exception as error:
        error.add_note(f"The page said: {wrong}")
        raise
    finally:
        context.close()
    wrong = [said for said in wrong if not any(part in said for part in forgiven)]
    assert not wrong, wrong


def open_tab(page: Any, name: str) -> None:
    """Click the tab of that name, wherever it stands in sight."""
    page.locator(
        "button[role=tab]:visible", has_text=re.compile(f"^{re.escape(name)}$")
    ).first.click()


def each_section(page: Any) -> Iterator[str]:
    """Open every section of the tab in sight, and every part of a section; their ids."""
    seen: set[str] = set()
    while True:
        # Parts stand after the sections in the page: each is opened before the next section is.
        names = [name for name in page.evaluate(SECTIONS) if name not in seen]
        if not names:
            return
        seen.add(names[-1])
        page.locator(f"button[data-tab-id={names[-1]}]:visible").first.click()
        yield names[-1]


def press(page: Any, name: str) -> None:
    """Click the button in sight that says just that."""
    page.locator(
        "button:visible:not([role=tab])", has_text=re.compile(rf"^\s*{name}\s*$")
    ).first.click()


def told(page: Any, pattern: str) -> Any:
    """The line of progress in sight that says so."""
    return page.locator(".status:visible p", has_text=re.compile(pattern)).first


def draw_seven(page: Any) -> None:
    """Draw a seven on the pad in sight, with the mouse."""
    box = page.locator(".nl-pad:visible canvas").first.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    for x, y in ((190, 60), (150, 130), (110, 220)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()


def until(page: Any, look: Callable[[], Any], seconds: float = 150) -> None:
    """Wait, while the page goes on, for something to be true."""
    for _ in range(int(seconds * 10)):
        if look():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")
