"""The trainings of the Digits tab in Chromium: in the plane, in the failure lab, on digits."""

import re

import pytest

from tests.browser.visiting import CUT_STREAM, open_tab, press, told, until, visit

pytestmark = pytest.mark.browser

FIELD = ".nl-plane:visible canvas.nl-plot"


def count(page, what: str) -> int:
    return int(page.locator(FIELD).first.get_attribute(f"data-{what}") or 0)


def said(page) -> int:
    """The step at which the page says that the training is paused."""
    return int(re.sub(r"\D", "", told(page, "^Held").inner_text().split("·")[0]))


def test_a_training_in_the_plane_is_drawn_paused_and_stepped(browser, address):
    with visit(browser, address, forgiven=CUT_STREAM, tab="Digits") as page:
        open_tab(page, "In the plane")
        page.locator(FIELD).first.wait_for()
        press(page, "Start")
        until(page, lambda: count(page, "frames") > 5)
        press(page, "Pause")
        told(page, "^Held at step").wait_for()
        held = -1
        while held != count(page, "step") or held != said(page):  # each may lag behind the training
            held = count(page, "step")
            page.wait_for_timeout(2_000)
        press(page, "One step")
        until(page, lambda: count(page, "step") == held + 1)
        before = page.locator(FIELD).first.evaluate("canvas => canvas.toDataURL()")
        page.locator(".nl-plane:visible .nl-chip", has_text="latents").click()
        until(
            page,
            lambda: before != page.locator(FIELD).first.evaluate("canvas => canvas.toDataURL()"),
        )
        page.get_by_role("slider", name=re.compile("History")).focus()
        page.keyboard.press("Home")
        until(page, lambda: count(page, "step") < held)
        press(page, "Stop")
        told(page, "^Over, after").wait_for()


def test_a_visitors_own_points_are_trained_on(browser, address):
    with visit(browser, address, forgiven=CUT_STREAM, tab="Digits") as page:
        open_tab(page, "In the plane")
        page.get_by_role("combobox", name="Real points").click()
        page.get_by_role("option", name="my own points").click()
        page.locator(".nl-drawing:visible").wait_for()
        box = page.locator(FIELD).first.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for dx in (-80, 80):
            page.mouse.move(middle[0] + dx, middle[1])
            page.mouse.down()
            page.mouse.move(middle[0] + dx, middle[1] + 60, steps=8)
            page.mouse.up()
        page.get_by_text(re.compile(r"^[1-9]\d* / 500 points")).wait_for()
        page.wait_for_timeout(1_000)
        press(page, "Start")
        told(page, r"of your \d+ points are found").wait_for()
        press(page, "Stop")
        told(page, "^Over, after").wait_for()


def test_a_failure_is_predicted_seen_and_cured(browser, address):
    with visit(browser, address, forgiven=CUT_STREAM, tab="Digits") as page:
        open_tab(page, "Break it")
        page.get_by_text("The original loss", exact=True).click()
        answer = page.get_by_text("They will stand still: the arrows vanish")
        answer.wait_for()
        run = page.get_by_role("button", name="Let it run")
        assert run.is_disabled() and count(page, "frames") <= 1
        answer.click()
        until(page, run.is_enabled)
        run.click()
        page.get_by_text("You predicted it.").wait_for()
        press(page, "Mend it with these settings")
        page.get_by_text("The game is well again.").wait_for(timeout=300_000)
        page.get_by_text("A hasty generator", exact=True).click()  # ends this training
        told(page, "^Nothing runs yet").wait_for()
        page.wait_for_timeout(1_500)
        assert told(page, "^Nothing runs yet").is_visible() and run.is_disabled()


def test_a_trained_network_becomes_the_visitors(browser, address):
    with visit(browser, address, forgiven=CUT_STREAM, tab="Digits") as page:
        open_tab(page, "Train")
        page.locator("input[aria-label=Network]:visible").click()
        page.get_by_role("option", name="Multilayer perceptrons").click()
        epochs = page.get_by_label("Epochs").locator("visible=true")
        until(page, lambda: epochs.input_value() == "5")  # the settings are this network's
        epochs.fill("500")  # so that it is still running when it is stopped
        press(page, "Train")
        told(page, r"^Step [\d,]+ of").wait_for()
        until(page, lambda: page.locator(".nl-digits:visible .nl-tile").count() == 100)
        page.get_by_text(re.compile("of 10 digits|ten digits are")).wait_for()
        page.locator("label:visible", has_text="only D").click()
        told(page, "Only the discriminator learns").wait_for()
        press(page, "Stop")
        told(page, "^Stopped at step").wait_for()
        assert page.get_by_label("My network").is_checked()
