"""How soon a visitor can use the page: python -m tests.benchmarks.first_look [--visits 4]

Starts the lab and opens it in Chromium, each time as a new visitor: seconds until the page has
arrived, and until its tabs are there. The visits alternate between the page as served, the page
without one of the patches of `pages.gradio_compat` that make it faster (--without, by default each
of them), and the page without all of them. Prints all of them, and the medians with their
difference to the page as served.
"""

import argparse
import re
import statistics
import time
from typing import Any

from playwright.sync_api import Route, sync_playwright

from pages.gradio_compat.frontend_scripts import ASSETS, REPLACEMENTS, all_replacements, patched
from tests.serving import CHROMIUM, FLAGS, serving

PATCHES = list(REPLACEMENTS)
PREFIXES = {each.script for each in all_replacements()}


def open_page(browser: Any, address: str, patches: list[str]) -> tuple[float, float, int]:
    """Seconds until the page has arrived, and until it can be used, and its bytes."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    size = 0
    replacements = [each for name in patches for each in REPLACEMENTS[name]]

    def send_page(route: Route) -> None:
        nonlocal size
        body = route.fetch().body()
        size = len(body)
        route.fulfill(body=body, content_type="text/html")

    def send_script(route: Route) -> None:
        name = route.request.url.rpartition("/")[2].partition("?")[0]
        script = patched(name, replacements) or (ASSETS / name).read_bytes()
        route.fulfill(body=script, content_type="text/javascript")

    page.route(address, send_page)
    page.route(re.compile(rf"/assets/({'|'.join(PREFIXES)})[\w-]*\.js"), send_script)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    arrived = time.perf_counter()
    page.wait_for_selector("button[role=tab]", timeout=120_000)
    usable = time.perf_counter()
    context.close()
    return arrived - start, usable - start, size


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=4)
    parser.add_argument("--without", choices=PATCHES, nargs="*", default=PATCHES)
    flags = parser.parse_args()
    pages = {"as served": PATCHES}
    for name in flags.without:
        pages[f"without {name}"] = [each for each in PATCHES if each != name]
    pages["without all"] = []
    usable: dict[str, list[float]] = {name: [] for name in pages}
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        open_page(browser, address, PATCHES)  # fills the caches of the server
        for _ in range(flags.visits):
            for name, times in usable.items():
                arrived, whole, size = open_page(browser, address, pages[name])
                print(
                    f"{name:24} arrived {arrived:5.2f} s, usable {whole:5.2f} s, {size:,} bytes",
                    flush=True,
                )
                times.append(whole)
    served = statistics.median(usable["as served"])
    for name, times in usable.items():
        median = statistics.median(times)
        print(f"{name:24} median usable {median:5.2f} s, {median - served:+.2f} s")


if __name__ == "__main__":
    main()
