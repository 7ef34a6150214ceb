"""Discriminator scores, quiz, memorisation and lesson in Chromium."""

import re

import pytest

from tests.browser.visiting import draw_seven, open_tab, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser, address):
    with visit(browser, address, tab="Digits") as page:
        yield page


def test_scores_of_generated_real_and_drawn_digits(page):
    open_tab(page, "Question")
    page.get_by_text(re.compile("D points at the real one in")).wait_for()
    rows = page.locator(".nl-digits:visible:has(.nl-bar:visible)")
    assert [rows.nth(row).locator(".nl-tile").count() for row in (0, 1)] == [12, 12]
    legend = page.locator(".nl-chart:visible .legendtext")
    page.get_by_label(re.compile(r"^D says .* The judge reads it as")).nth(14).click()
    page.locator(".legendtext", has_text="digit at hand").wait_for()
    page.locator(".nl-pad:visible").scroll_into_view_if_needed()
    draw_seven(page)
    page.locator(".legendtext", has_text="your drawing").wait_for()
    page.locator("p:visible", has_text="D was told that its digit is 7").last.wait_for()
    assert len(legend.all_text_contents()) == 4
    page.get_by_role("button", name="Clear").click()
    page.locator("[data-empty='Draw a digit first.']:visible").wait_for()


def test_a_quiz_by_button_picture_and_key(page):
    open_tab(page, "Question")
    open_tab(page, "Real or fake?")
    left = page.get_by_role("button", name="Left is real")
    assert left.is_disabled()
    page.get_by_role("button", name="New quiz").click()
    for played in range(1, 11):
        page.get_by_text(f"Round {played - 1 or 1} of 10").wait_for()
        if played == 1:
            page.locator("button.nl-tile:visible").last.click()
        elif played % 2:
            left.click()
        else:
            left.focus()
            page.keyboard.press("Enter")
        page.get_by_text(f"Round {played} of 10: you").wait_for()
    page.get_by_text(re.compile("Rounds in which the generator fooled you")).wait_for()
    assert left.is_disabled()
    assert page.locator(".nl-tile:visible .nl-title", has_text="· generated").count() == 10


def test_nearest_training_digits_and_the_lesson(page):
    open_tab(page, "Question")
    open_tab(page, "Is it memorised?")
    page.get_by_text(re.compile("Median distance to the nearest of")).wait_for()
    near = page.locator(".nl-title:visible", has_text="nearest")
    near.nth(5).wait_for()
    assert near.count() == 6
    open_tab(page, "Lesson")
    page.get_by_text(re.compile("parameters in both players, trained for")).wait_for()
    page.locator(".source pre:visible", has_text="def discriminator_loss").wait_for()
    page.get_by_label("Multilayer perceptrons").click()
    page.get_by_text(re.compile("labels: unknown")).wait_for()
