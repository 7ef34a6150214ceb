"""From `python app.py` to a usable page: python -m tests.benchmarks.startup

Prints, in seconds: importing gradio and torch alone; starting the app until a browser shows its
tabs; the difference.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.serving import CHROMIUM, FLAGS, free_port, wait_for

ROOT = Path(__file__).parents[2]
ROUNDS = 3


def main() -> None:
    """Alternate the two measurements, so that a busy machine troubles both alike."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for round_ in range(ROUNDS):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True)
            imports = time.perf_counter() - start
            usable = time_app(browser)
            print(
                f"round {round_ + 1}: imports {imports:.2f} s, usable page {usable:.2f} s, "
                f"beyond {usable - imports:.2f} s"
            )
        browser.close()


def time_app(browser) -> float:
    """Seconds from starting the app to its tabs standing in an open browser."""
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
        return time.perf_counter() - start
    finally:
        page.close()
        app.terminate()
        app.wait()


if __name__ == "__main__":
    main()
