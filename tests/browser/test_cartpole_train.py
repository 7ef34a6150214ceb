"""Training and comparing agents in Chromium."""

import re

import pytest

from tests.browser.visiting import CUT_STREAM, OVERFLOW, open_tab, press, told, until, visit

pytestmark = pytest.mark.browser

CORNER = ".nl-cart:visible canvas"


def drawn(page) -> int:
    """How many traces the first chart in sight holds."""
    return page.evaluate(
        "[...document.querySelectorAll('.nl-chart .nl-plot')]"
        ".find((chart) => chart.offsetParent)?.data?.length ?? 0"
    )


def test_an_agent_is_trained_stopped_and_looked_back_on(browser, address):
    # So long that it still runs when it is stopped, on a machine of any speed.
    long = "&tab=cartpole&at=train&train_steps=500000&train_seconds=600"
    with visit(browser, address, query=long, forgiven=CUT_STREAM) as page:
        told(page, "^Choose the settings").wait_for()
        press(page, "Train")
        told(page, "Episode .* the last 20").wait_for()
        until(page, lambda: drawn(page) == 2)
        corner = page.locator(CORNER).first
        until(page, lambda: int(corner.get_attribute("data-frames") or 0) > 5)
        history = page.get_by_role("slider", name=re.compile("History"))
        until(page, lambda: history.is_visible() and int(history.get_attribute("max") or 0) > 2)
        press(page, "Stop")
        told(page, "^Stopped at step").wait_for()
        page.get_by_role("radio", name="My agent").wait_for()
        moment = page.locator(".story:visible").last
        before = moment.inner_text()
        history.focus()
        page.keyboard.press("Home")
        until(page, lambda: moment.inner_text() != before)


def test_variants_are_compared_until_stopped_in_chinese_on_a_phone(browser, address):
    with visit(browser, address, 390, "&lang=zh", forgiven=CUT_STREAM) as page:
        open_tab(page, "车杆")
        open_tab(page, "并排比较")
        assert page.evaluate(OVERFLOW) <= 0
        page.get_by_role("slider", name="每次训练的步数").focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        press(page, "开始比较")
        told(page, "第 [2-6] 次训练，共 6 次").wait_for()
        assert drawn(page) >= 1
        press(page, "停止")
        told(page, "^已停止").wait_for()
        page.locator(".results:visible table").wait_for()
        assert page.evaluate(OVERFLOW) <= 0
