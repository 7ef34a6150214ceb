"""From `python app.py` to a usable page, and to each tab's first answer.

python -m tests.benchmarks.startup [--rounds 2]

Each tab has a server of its own that has just been started: seconds of importing gradio and torch
alone; until a browser shows the tabs; what that is beyond the imports; and from a click on the tab,
the moment it can be clicked, until its first view stands.
"""

import argparse
import os
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import sync_playwright

from tests.serving import CHROMIUM, FLAGS, ROOT, free_port, wait_for

FIRST_VIEWS = {
    "translation": ".nl-piece",
    "digits": ".easel canvas",
    "autoencoder": ".nl-cloud canvas",
    "cartpole": ".nl-cart canvas",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=2)
    flags = parser.parse_args()
    print(f"{'tab':12} {'imports':>8} {'usable':>8} {'beyond':>8} {'answer':>8}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(flags.rounds):
            for tab in FIRST_VIEWS:
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True)
                imports = time.perf_counter() - start
                usable, answer = time_app(browser, tab)
                print(
                    f"{tab:12} {imports:8.2f} {usable:8.2f} {usable - imports:8.2f} {answer:8.2f}",
                    flush=True,
                )
        browser.close()


def time_app(browser: Any, tab: str) -> tuple[float, float]:
    """Seconds from starting the app to its tabs in an open browser, and from a click to a view."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    start = time.perf_counter()
    app = subprocess.Popen(
        [sys.executable, "app.py", "--no-browser", "--port", str(port)],
        cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    page = browser.new_page()
    try:
        wait_for(address, app, pause=0.02)
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_selector("button[role=tab]", timeout=60_000)
        usable = time.perf_counter()
        page.locator(f"button[data-tab-id={tab}]:visible").click()
        page.locator(f"{FIRST_VIEWS[tab]}:visible").first.wait_for(timeout=60_000)
        return usable - start, time.perf_counter() - usable
    finally:
        page.close()
        app.terminate()
        app.wait()


if __name__ == "__main__":
    main()
