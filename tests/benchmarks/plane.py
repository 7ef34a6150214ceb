"""How often a visitor sees the game in the plane move: python -m tests.benchmarks.plane

Starts the app, opens it in Chromium without a graphics chip, real or emulated, waits until the
server has prepared what it prepares behind its first page, plays the ring of eight at full speed,
and prints the pictures that the page drew and the steps made, a second.
"""

import time

from playwright.sync_api import sync_playwright

from tests.serving import CHROMIUM, serving

FLAGS = ["--no-sandbox", "--disable-gpu"]
PREPARING = 25.0  # seconds
SECONDS = 10.0
PLANE = "document.querySelector('.nl-plane canvas').dataset"


def main() -> None:
    """Measure one visitor's game, from a second after its first picture on."""
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.get_by_role("tab", name="Digits", exact=True).click()
        page.wait_for_timeout(1_000 * PREPARING)
        page.get_by_role("tab", name="In the plane", exact=True).click()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_function(f"{PLANE}.step > 0")
        page.wait_for_timeout(1_000)
        start, pictures, steps = time.perf_counter(), *look(page)
        page.wait_for_timeout(1_000 * SECONDS)
        seconds = time.perf_counter() - start
        after = look(page)
        print(
            f"digits-toy: {(after[0] - pictures) / seconds:.1f} pictures a second, "
            f"{(after[1] - steps) / seconds:.0f} steps a second"
        )
        browser.close()


def look(page) -> tuple[int, int]:
    """How many pictures were drawn so far, and the step of the last."""
    frames, step = page.evaluate(f"[+{PLANE}.frames, +{PLANE}.step]")
    return int(frames), int(step)


if __name__ == "__main__":
    main()
