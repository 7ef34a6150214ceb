"""The language of the page in Chromium: there from the beginning, and remembered."""

import pytest

from tests.browser.visiting import CUT_STREAM, visit

pytestmark = pytest.mark.browser
FIRST = "button[role=tab]:visible"
SPOKEN = "document.documentElement.dataset.language"


def test_the_page_begins_in_the_browsers_language_and_keeps_the_one_chosen(browser, address):
    with visit(browser, address, locale="zh-CN", forgiven=CUT_STREAM) as page:
        assert page.locator(FIRST).first.inner_text() == "翻译"
        assert page.evaluate(SPOKEN) == "zh"
        page.locator("[data-tab-id=steps]:visible").click()
        page.locator(".nl-steps:visible", has_text="接下来是什么").wait_for()
        page.get_by_text("English", exact=True).click()
        page.locator(FIRST, has_text="Translation").wait_for()
        assert page.evaluate(SPOKEN) == "en"
        page.reload()
        page.locator(FIRST).first.wait_for()
        assert page.locator(FIRST).first.inner_text() == "Translation"


def test_a_view_that_was_never_in_sight_speaks_the_language_chosen(browser, address):
    with visit(browser, address, query="&lang=zh&tab=cartpole", forgiven=CUT_STREAM) as page:
        page.get_by_text("实时", exact=True).first.wait_for()
        page.get_by_text("English", exact=True).click()
        page.get_by_text("Real time", exact=True).first.wait_for()
        assert page.get_by_text("实时", exact=True).count() == 0
        for section in ("Watch", "Memory", "Lesson"):
            page.locator(FIRST, has_text=section).first.wait_for()
        assert "lang=en" in page.url
