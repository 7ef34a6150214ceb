"""Links in Chromium: what one visitor shares, another sees."""

import pytest

from tests.browser.visiting import CUT_STREAM, open_tab, press, visit

pytestmark = pytest.mark.browser


def shared(page) -> str:
    """What follows ? in the link to what is on screen."""
    press(page, "Share")
    page.wait_for_function("location.search.includes('lang=')")
    return "&" + page.url.split("?")[1]


def translated(page) -> None:
    """Wait until the sentence of the link, and no other, stands there in French."""
    page.wait_for_function(
        "document.querySelectorAll('textarea')[1]?.value === 'Deux chiens courent.'"
    )


def test_what_is_shared_comes_back(browser, address):
    query = "&tab=translation&at=steps&sentence=Two+dogs+run.&method=beam&beams=3"
    with visit(browser, address, query=query) as page:
        page.locator(".nl-choice:visible, .nl-steps:visible").first.wait_for()
        translated(page)
        link = shared(page)
    assert "beams=3" in link and "at=steps" in link
    with visit(browser, address, query=link) as page:
        translated(page)
        assert page.locator("textarea").first.input_value() == "Two dogs run."


def test_what_is_cut_travels(browser, address):
    query = "&tab=translation&at=cut&sentence=Two+dogs+run."
    cut = ".nl-layer[aria-pressed=true]"
    with visit(browser, address, query=query) as page:
        page.locator(".versus:visible").wait_for()
        page.locator(".nl-layer[data-key='decoder-1']").click()
        page.get_by_text("under what is left").wait_for()
        link = shared(page)
        said = page.locator(".versus:visible").inner_text()
    assert "cut=decoder-1" in link
    with visit(browser, address, query=link) as page:
        page.get_by_text("under what is left").wait_for()
        assert page.locator(cut).get_attribute("data-key") == "decoder-1"
        assert page.locator(".versus:visible").inner_text() == said


def test_a_digit_travels(browser, address):
    drawn = """[...document.querySelector(".easel canvas").getContext("2d").getImageData(
      0, 0, 28, 28).data]"""
    with visit(browser, address, query="&tab=digits&digit=7") as page:
        page.locator(".easel canvas:visible").first.wait_for()
        page.get_by_text("reads it as 7").first.wait_for()
        page.wait_for_timeout(500)
        before = page.evaluate(drawn)
        press(page, "Another digit")
        page.wait_for_function(
            f"(before) => {drawn}.some((one, i) => one !== before[i])", arg=before
        )
        page.wait_for_timeout(500)
        link, seen = shared(page), page.evaluate(drawn)
    with visit(browser, address, query=link) as page:
        page.locator(".easel canvas:visible").first.wait_for()
        # A link carries four digits of each number: a shade of grey is all that may change.
        page.wait_for_function(
            f"(seen) => {drawn}.every((shade, at) => Math.abs(shade - seen[at]) <= 2)", arg=seen
        )


def test_a_wrong_link_opens_the_plain_page_and_says_so(browser, address):
    with visit(browser, address, query="&tab=<b>nowhere</b>&lang=zh") as page:
        page.get_by_text("链接指向的标签页不存在").wait_for()
        page.locator(".nl-piece:visible").first.wait_for()


def test_a_teacher_hides_what_would_distract(browser, address):
    with visit(browser, address, query="&hide=cartpole,train,sentence&lesson=digits") as page:
        page.locator("[data-tab-id=lesson][aria-selected=true]:visible").wait_for()
        for hidden in ("[data-tab-id=cartpole]", "[data-tab-id=train]", ".link-sentence"):
            assert not page.locator(hidden).locator("visible=true").count()


def test_the_address_follows_whoever_opens_tabs(browser, address):
    with visit(browser, address, query="&sentence=Two+dogs+run.", forgiven=CUT_STREAM) as page:
        translated(page)
        open_tab(page, "Digits")
        open_tab(page, "Question")
        page.wait_for_function("location.search.includes('at=opinion')")
        assert "sentence" not in page.url  # which is another tab's
        page.reload()
        page.locator("[data-tab-id=opinion][aria-selected=true]:visible").wait_for()


def test_a_dropdown_closes_when_it_is_left(browser, address):
    with visit(browser, address, tab="Translation") as page:
        page.locator(".nl-piece:visible").first.wait_for()
        page.get_by_role("button", name="A random sentence").focus()
        page.keyboard.press("Tab")
        page.locator("[role=listbox]:visible").wait_for()
        page.keyboard.press("Tab")
        page.locator("[role=listbox]:visible").wait_for(state="detached")
        page.wait_for_timeout(300)  # gradio would open it again
        assert not page.locator("[role=listbox]:visible").count()
