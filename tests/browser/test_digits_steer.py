"""Steering, interpolation and inversion in Chromium, with the mouse."""

import re

import pytest

from tests.browser.visiting import open_tab, until, visit

pytestmark = pytest.mark.browser


def picture(page, number: int = 0) -> str:
    """What stands on a canvas in sight, as a text that changes with it."""
    return (
        page.locator(".nl-digits:visible canvas")
        .nth(number)
        .evaluate("canvas => canvas.toDataURL()")
    )


def changed(page, before: str) -> str:
    """The first picture once it is another."""
    page.wait_for_function(
        """before => [...document.querySelectorAll('.nl-digits canvas')]
        .find(canvas => canvas.offsetParent)?.toDataURL() !== before""",
        arg=before,
    )
    return picture(page)


def showing(page, wanted) -> None:
    """Wait until the first picture in sight is what another canvas shows."""
    page.wait_for_function(
        """wanted => [...document.querySelectorAll('.nl-digits canvas')]
        .find(canvas => canvas.offsetParent)?.toDataURL() === wanted.toDataURL()""",
        arg=wanted,
    )


@pytest.fixture(scope="module")
def page(browser, address):
    with visit(browser, address, tab="Digits") as page:
        yield page


def test_a_digit_is_steered_picked_and_pinned(page):
    page.get_by_text(re.compile("The judge reads it as")).first.wait_for()
    first = picture(page)
    slider = page.locator("input[type=range]:visible").first
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2, steps=8)
    moved = changed(page, first)
    page.mouse.up()
    page.get_by_label("Digit 58 of the wall").click()
    changed(page, moved)
    page.get_by_role("radio", name="5", exact=True, checked=True).wait_for()
    pin = page.get_by_label("A", exact=True)
    tile, before = pin.locator("canvas").element_handle(), picture(page, 1)
    page.get_by_role("button", name="Pin A").click()
    page.wait_for_function("([tile, before]) => tile.toDataURL() !== before", arg=[tile, before])
    page.get_by_role("button", name="Another digit").click()
    changed(page, tile.evaluate("tile => tile.toDataURL()"))
    pin.click()
    showing(page, tile)


def test_pins_are_interpolated_and_added(page):
    open_tab(page, "Walk")
    page.get_by_text(re.compile("on an arc its length")).wait_for()
    page.get_by_text("Straight", exact=True).click()
    page.get_by_text(re.compile("cuts through the middle")).wait_for()
    assert page.locator(".nl-digits:visible canvas").count() == 4


def test_a_drawn_digit_is_found_and_steered(page):
    open_tab(page, "Find my digit")
    box = page.locator(".nl-pad:visible canvas").first.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 230, steps=8)
    page.mouse.up()
    halt = page.locator("button:visible", has_text=re.compile(r"^\s*Stop\s*$"))
    assert halt.is_disabled()
    page.get_by_role("button", name="Search").click()
    until(page, halt.is_enabled)
    page.get_by_text(re.compile(r"^Step (\d+) of \1")).wait_for()
    until(page, halt.is_disabled)
    found = page.locator(".nl-digits:visible canvas").nth(1).element_handle()
    page.get_by_role("button", name="Take it to Steer").click()
    page.get_by_text("It is the digit at hand now").first.wait_for()
    open_tab(page, "Steer")
    showing(page, found)
