"""A class in Chromium: one shows a training, others watch; a teacher stops and closes."""

import re

import pytest

from tests.browser.visiting import CUT_STREAM, press, told, until, visit

pytestmark = pytest.mark.browser
BUSY = ".status:visible p"
# A training that lasts as long as the test needs, on a machine of any speed.
LONG = "&tab=translation&at=train&train_seconds=600&train_epochs=500"


def train(page) -> None:
    """Begin the training of the link and wait until it has learnt something."""
    page.locator(BUSY, has_text="Choose the settings").wait_for()
    press(page, "Train")
    page.locator(BUSY, has_text="Step").wait_for()


def test_what_one_shows_others_watch_and_cannot_change(browser, address):
    with visit(browser, address, query=LONG, forgiven=CUT_STREAM) as page:
        train(page)
        press(page, "Show to class · on/off")
        link = page.locator(".showing textarea:visible, .showing input:visible")
        page.wait_for_function(
            "document.querySelector('.showing :is(textarea, input)')?.value.startsWith('http')"
        )
        query = link.first.input_value().split("?")[1]
        with visit(browser, address, query=f"&{query}", forgiven=CUT_STREAM) as other:
            other.locator(BUSY, has_text="You are watching somebody else's training").wait_for()
            for name in ("Train", "Stop", "Pause", "Discard my network", "Show to class · on/off"):
                button = other.get_by_role("button", name=name, exact=True)
                until(other, button.is_disabled)
            press(page, "Stop")
            other.locator(BUSY, has_text="It has ended").wait_for()
            press(page, "Show to class · on/off")  # no longer
            page.get_by_text("no longer shown to the class").wait_for()
            other.get_by_text("This run is not shown any more").first.wait_for()


def test_a_teacher_ends_a_training_and_closes_them_for_all(browser, address):
    with (
        visit(browser, address, query=LONG, forgiven=CUT_STREAM) as page,
        visit(browser, address, query="&teacher=chalk", forgiven=CUT_STREAM) as desk,
    ):
        desk.locator(".nl-roster[data-empty^=Nobody]").wait_for()
        assert "chalk" not in desk.url  # which the class sees, and which is given away
        desk.reload()
        desk.locator(".nl-roster[data-empty^=Nobody]").wait_for()
        train(page)
        said = page.locator(BUSY, has_text="Step").inner_text()
        name = re.search(r"Your teacher sees you as (Visitor \w+)", said)
        assert name
        desk.locator(".nl-row", has_text=name[1]).wait_for()
        row = desk.locator(".nl-row", has_text="Translation")
        row.get_by_role("button").click()
        page.locator(BUSY, has_text="Stopped by whoever leads this class").wait_for()
        row.wait_for(state="detached")
        desk.get_by_label("Training is open").uncheck()
        desk.wait_for_timeout(1_000)
        press(page, "Train")
        page.get_by_text("Training is closed for the moment").first.wait_for()
        desk.get_by_label("Training is open").check()
        desk.wait_for_timeout(1_000)
        press(page, "Train")
        told(page, "^Step.*BLEU").wait_for()  # so that there are weights to keep
        press(page, "Stop")
        told(page, "^Stopped at step").wait_for()


def test_a_wrong_key_shows_nothing(browser, address):
    with visit(browser, address, query="&teacher=cheese") as page:
        page.get_by_text("This key does not open the page of the class").first.wait_for()
        assert not page.locator(".class-page:visible").count()
