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


def test_the_digit_stays_in_sight_of_its_sliders(browser, address):
    with visit(browser, address, width=390, tab="Digits") as page:
        page.locator(".easel canvas:visible").first.wait_for()
        page.get_by_text("Direction 6").last.scroll_into_view_if_needed()
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(300)
        digit = page.locator(".steering .easel canvas").bounding_box()
        assert digit["y"] >= 0 and digit["y"] + digit["height"] < 300
