"""The Translation tab in Chromium: translate, examine, ablate and train."""

import re

import pytest

from tests.browser.visiting import CUT_STREAM, open_tab, press, told, until, visit

pytestmark = pytest.mark.browser

PHRASES = "Phrases (generated)"


def french(page) -> str:
    return box(page, "French").input_value()


def box(page, name: str):
    """The text box in sight whose label says so."""
    return page.get_by_role("textbox", name=name, exact=True).locator("visible=true")


def test_a_sentence_is_translated_and_looked_at_from_all_sides(browser, address):
    with visit(browser, address, tab="Translation") as page:
        page.locator(".nl-piece:visible").first.wait_for()
        page.get_by_text(PHRASES, exact=True).first.click()
        until(page, lambda: french(page).startswith("L'étudiant"))
        box(page, "English").fill("We often admire this old white axe.")
        press(page, "Translate")
        until(page, lambda: french(page) == "Nous admirons souvent cette vieille hache blanche.")
        piece = page.locator(".nl-line .nl-piece:visible", has_text=re.compile("^hache$"))
        until(page, lambda: piece.count() == 1)
        piece.hover()
        page.get_by_text(re.compile("hache → ")).wait_for()

        open_tab(page, "Step by step")
        bar = page.locator(".nl-next:visible")
        until(page, lambda: bar.count() == 11)
        bar.nth(1).click()
        path = page.locator(".nl-path:visible .nl-piece")
        until(page, lambda: path.count() == 2)
        press(page, "Translate")  # the translation does not change: the chosen token stays
        page.wait_for_timeout(1_000)
        assert path.count() == 2
        press(page, "Finish greedily")
        page.get_by_text("less likely than the translation above").wait_for()

        open_tab(page, "The beam")
        page.locator(".nl-tree:visible svg path").first.wait_for()
        page.locator("td:visible", has_text="cette vieille hache blanche").first.wait_for()

        open_tab(page, "Cut something out")
        page.locator("[data-key='decoder-0']:visible").click()
        page.get_by_text("under what is left").wait_for()

        open_tab(page, "Inside a head")
        page.locator(".nl-matrix:visible canvas").nth(6).wait_for()


def test_a_toy_is_trained_and_stopped_and_becomes_the_visitors(browser, address):
    with visit(browser, address, tab="Translation", forgiven=CUT_STREAM) as page:
        open_tab(page, "Train")
        press(page, "Train")
        told(page, "BLEU").wait_for()
        page.locator(".nl-matrix:visible canvas").nth(4).wait_for()
        press(page, "Stop")
        told(page, "^Stopped at step").wait_for()
        page.get_by_label("My own").locator("visible=true").wait_for()
        assert page.get_by_label("My own").locator("visible=true").is_checked()


def test_a_failure_is_predicted_and_stopped(browser, address):
    with visit(browser, address, tab="Translation", forgiven=CUT_STREAM) as page:
        open_tab(page, "Break it")
        page.get_by_text("No causal mask", exact=True).first.click()
        page.get_by_text(re.compile("may look at all French tokens")).wait_for()
        page.get_by_text("Its loss falls as if it had learnt").click()
        press(page, "See what happens")
        told(page, "^broken: step").wait_for()
        page.get_by_text(re.compile("exactly; its chrF")).wait_for()
        press(page, "Stop")
        page.get_by_text(re.compile("It was stopped before its end")).wait_for()
        page.get_by_text(re.compile("A low loss alone proves nothing")).wait_for()
