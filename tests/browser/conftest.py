"""One Chromium for all browser tests; each visit has a context of its own."""

import pytest

from tests.serving import CHROMIUM, FLAGS


@pytest.fixture(scope="package")  # its event loop must not outlive the package
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
