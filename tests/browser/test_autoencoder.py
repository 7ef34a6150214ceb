"""The Autoencoder tab in Chromium, by mouse and keyboard, as a visitor has it."""

import re

import pytest

from tests.browser.visiting import CUT_STREAM, draw_seven, open_tab, until, visit

pytestmark = pytest.mark.browser

CAPTION = ".nl-digits:has(.nl-title:text('Original')) .nl-caption"
CLOUD = """() => [...document.querySelectorAll('.nl-cloud .nl-plot')]
    .find((plot) => plot.offsetParent)?._fullLayout?.scene?._scene?.glplot"""
PICTURE = ".nl-digits:has(.nl-title:text('Decoded here')) canvas"


def picture(page) -> str:
    return page.locator(PICTURE).first.evaluate("canvas => canvas.toDataURL()")


@pytest.fixture(scope="module")
def page(browser, address):
    with visit(browser, address, tab="Autoencoder") as page:
        yield page


def test_a_click_in_the_cloud_picks_the_digit_under_it(page):
    caption = page.locator(CAPTION).first
    caption.wait_for()
    page.wait_for_function(CLOUD)
    before = caption.inner_text()
    box = page.locator(".nl-cloud .nl-plot:visible").first.bounding_box()
    # The cloud fills the middle: some place there has a digit under it.
    for across in [*range(12), *range(12)]:
        x = box["x"] + box["width"] * (0.42 + 0.015 * across)
        page.mouse.move(x, box["y"] + box["height"] * 0.5, steps=4)
        page.wait_for_timeout(150)
        page.mouse.down()
        page.mouse.up()
        page.wait_for_timeout(600)
        if caption.inner_text() != before:
            break
    assert re.fullmatch(r"#\d+", caption.inner_text()) and caption.inner_text() != before


def test_a_slider_decodes_while_it_moves(page):
    page.locator(PICTURE).first.wait_for()
    slider = page.locator("input[type=range]:visible").first
    before = picture(page)
    slider.focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    until(page, lambda: picture(page) != before)


def test_a_drawing_lands_and_is_judged(page):
    open_tab(page, "Draw")
    draw_seven(page)
    page.get_by_text(re.compile(r"larger than that of \d+%")).wait_for()
    page.get_by_role("button", name="Clear").click()
    page.locator("[data-empty='Draw a digit first.']").first.wait_for()


def test_a_path_plays_and_reaches_the_cloud(page):
    open_tab(page, "Path")
    page.get_by_text(re.compile("in a straight line, length")).wait_for()
    page.get_by_text("through the data").click()
    page.get_by_text(re.compile("along .* digits in between")).wait_for()
    assert page.locator(".nl-player .nl-thumb").count() == 24


def test_a_training_runs_stops_and_is_found_again_after_a_reload(browser, address):
    # One that lasts as long as the test needs, on a machine of any speed.
    train = "&tab=autoencoder&at=train&train_seconds=600&train_epochs=500"
    with visit(browser, address, query=train, forgiven=CUT_STREAM) as page:
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_text(re.compile(r"^Step [\d,]+ of")).wait_for()
        page.reload()
        page.get_by_text(re.compile(r"^Step [\d,]+ of")).wait_for()
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_text(re.compile(r"^Stopped at step")).wait_for()
        assert page.get_by_label("My network").is_checked()
        for button, ending in (("As a Python script", ".py"), ("Curves as CSV", ".csv")):
            with page.expect_download() as taken:
                page.get_by_role("button", name=button).click()
            assert taken.value.suggested_filename == f"autoencoder{ending}"
        page.reload()
        page.get_by_label("My network").wait_for()
        page.get_by_role("button", name="Discard my network", exact=True).click()
        page.get_by_text(re.compile("^Choose the settings and press Train")).wait_for()
        assert page.get_by_label("My network").count() == 0
        # There is nothing to take along, and what was taken before does not come again.
        again: list[str] = []
        page.on("download", lambda file: again.append(file.suggested_filename))
        page.get_by_role("button", name="As a Python script").click()
        until(page, lambda: again)
        page.get_by_role("button", name="Curves as CSV").click()
        page.get_by_text("There is no trained network of yours").first.wait_for()
        page.wait_for_timeout(500)
        assert again == ["autoencoder.py"]
