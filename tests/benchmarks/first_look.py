"""How soon a visitor can use the page: python -m tests.benchmarks.first_visit [--visits 4]

Starts the lab and opens it in Chromium, each time as a new visitor: seconds until the page has
arrived, and until its tabs stand; by turns as served, and without the script of `pages.document`
and what `pages.quicker` exchanges. Prints all of them, the medians, their ratio, and the size of
the page.
"""

import argparse
import re
import statistics
import time
from typing import Any

from playwright.sync_api import Route, sync_playwright

from pages.document import SCRIPT
from pages.quicker import ASSETS, EXCHANGED
from tests.serving import CHROMIUM, FLAGS, serving


def open_page(browser: Any, address: str, plain: bool) -> tuple[float, float, int]:
    """Seconds until the page has arrived, and until it can be used, and its bytes."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    size = 0

    def hand_over(route: Route) -> None:
        nonlocal size
        body = route.fetch().body()
        size = len(body)
        route.fulfill(body=body.replace(SCRIPT, b"") if plain else body, content_type="text/html")

    def give_back(route: Route) -> None:
        name = route.request.url.rpartition("/")[2].partition("?")[0]
        route.fulfill(path=ASSETS / name, content_type="text/javascript")

    page.route(address, hand_over)
    if plain:
        page.route(re.compile(f"/assets/({'|'.join(EXCHANGED)})"), give_back)
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
    flags = parser.parse_args()
    usable: dict[str, list[float]] = {"as served": [], "without": []}
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        open_page(browser, address, False)  # fills the caches of the server
        for _ in range(flags.visits):
            for kind, times in usable.items():
                arrived, whole, size = open_page(browser, address, kind == "without")
                print(f"{kind:10} arrived {arrived:5.2f} s, usable {whole:5.2f} s, {size:,} bytes")
                times.append(whole)
    served, without = (statistics.median(times) for times in usable.values())
    print(f"median usable: {served:.2f} s; without {without:.2f} s; ratio {served / without:.2f}")


if __name__ == "__main__":
    main()
