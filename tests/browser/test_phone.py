"""Every section of every tab on a phone, in both languages: nothing runs off sideways."""

import pytest

from pages.text import LANGUAGES
from tests.browser.visiting import OVERFLOW, each_section, visit

pytestmark = pytest.mark.browser
TABS = ("translation", "digits", "autoencoder", "cartpole")
# What takes longest to come to each tab, and is widest.
FIRST = (".nl-piece", ".easel canvas", ".nl-cloud canvas", ".nl-heat-legend")
CHARTED = ("opinion", "world")  # whose charts come by themselves


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_off_a_phone(browser, address, language):
    wide = []
    with visit(browser, address, width=390, query=f"&lang={language}") as page:
        for tab, first in zip(TABS, FIRST, strict=True):
            page.locator(f"button[data-tab-id={tab}]:visible").click()
            page.locator(f"{first}:visible").first.wait_for()
            for section in each_section(page):
                if section in CHARTED:
                    page.locator(".nl-chart:visible .legendtext").first.wait_for()
                page.wait_for_timeout(300)
                if page.evaluate(OVERFLOW) > 0:
                    wide.append((tab, section))
    assert not wide
