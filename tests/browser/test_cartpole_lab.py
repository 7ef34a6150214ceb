"""The memory, the failure lab and the lesson of CartPole in Chromium."""

import pytest

from tests.browser.visiting import CUT_STREAM, open_tab, visit

pytestmark = pytest.mark.browser


def test_a_card_tells_its_update(browser, address):
    with visit(browser, address) as page:
        open_tab(page, "CartPole")
        open_tab(page, "Memory")
        cards = page.locator(".nl-transition:visible")
        cards.nth(15).wait_for(timeout=60_000)
        cards.nth(3).click()
        page.locator(".nl-transition.nl-selected[data-index='3']").wait_for()
        page.get_by_text("One step down its gradient").wait_for()
        page.get_by_text("ends of episodes").click()
        page.locator(".nl-end:visible", has_text="fell").first.wait_for()
        open_tab(page, "Lesson")
        page.get_by_text("episodes last to the end").wait_for()


def test_a_failure_is_predicted_and_stopped(browser, address):
    with visit(browser, address, forgiven=CUT_STREAM) as page:
        open_tab(page, "CartPole")
        open_tab(page, "Break it")
        begin = page.get_by_role("button", name="See what happens")
        page.get_by_text("There is no second network").wait_for()
        page.get_by_text("No exploration", exact=True).click()
        page.get_by_text("It still falls within two seconds", exact=True).click()  # at once
        page.get_by_text("does what it holds to be best").wait_for()
        begin.click()
        running = page.locator(".status:visible p", has_text="broken: step")
        running.wait_for()
        page.get_by_text("No target network", exact=True).click()  # ends this training
        page.locator(".status:visible p", has_text="and predict").wait_for()
        page.wait_for_timeout(1_500)
        assert not running.is_visible() and begin.is_disabled()
        page.get_by_text("No exploration", exact=True).click()
        page.get_by_text("It still falls within two seconds", exact=True).click()
        begin.click()
        running.wait_for()
        page.get_by_role("button", name="Stop").locator("visible=true").click()
        page.get_by_text("It was stopped before its end").wait_for()
