"""What axe-core finds in every tab, in both themes; and that nothing needs a mouse."""

import pytest

from tests.browser.visiting import visit

pytestmark = pytest.mark.browser
SHOWN = {
    "translation": ("attention", "steps", "tree", "inside", "positions", "cut", "train", "lesson"),
    "digits": ("steer", "walk", "opinion", "quiz", "find", "train", "failures", "lesson"),
    "autoencoder": ("point", "draw", "path", "slice", "compare", "train", "lesson"),
    "cartpole": ("watch", "world", "train", "variants", "memory", "failures", "lesson"),
}
FOCUSED = "document.activeElement?.dataset?.tabId || document.activeElement?.innerText || ''"
# Marks the innermost section in sight: the rest of the page is the same in every section, and takes
# longer to look at than the section itself.
MARK = """() => {
  for (const each of document.querySelectorAll("[data-looked]")) delete each.dataset.looked;
  const open = [...document.querySelectorAll("[role=tabpanel]")].filter((e) => e.checkVisibility());
  open.at(-1).dataset.looked = "";
}"""
# Formulas, whose thousand pieces have the colour of the text; and code, which is looked at once.
LONG = [[".katex"], ["pre"]]
# Of what passes no list is made, which takes longer than the looking.
WANTED = {"resultTypes": ["violations"]}
# Colours change by and by.
STILL = "!document.getAnimations().some((each) => each instanceof CSSTransition)"


@pytest.mark.parametrize("tab", SHOWN)
def test_axe_finds_nothing_serious(browser, address, tab):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = []
    with visit(browser, address, query=f"&tab={tab}") as page:
        for name in SHOWN[tab]:
            if name in ("opinion", "quiz"):
                page.locator("button[data-tab-id=ask]:visible").click()
            if name in ("draw", "path"):
                page.locator("button[data-tab-id=explore]:visible").click()
            page.locator(f"button[data-tab-id={name}]:visible").first.click()
            page.wait_for_timeout(600)
            page.evaluate(MARK)
            part = {"include": [["html" if name == SHOWN[tab][0] else "[data-looked]"]]}
            part["exclude"] = LONG if tab != "cartpole" else LONG[:1]
            for dark, rules in ((False, {}), (True, {"runOnly": ["color-contrast"]})):
                page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
                page.wait_for_timeout(100)
                page.wait_for_function(STILL)
                for problem in axe.run(page, part, rules | WANTED).response["violations"]:
                    if problem["impact"] in ("serious", "critical"):
                        said = [node["html"] for node in problem["nodes"]]
                        found.append((name, dark, problem["id"], said))
            page.evaluate("document.body.classList.remove('dark')")
    assert not found, found


def test_the_keyboard_reaches_tabs_and_sections(browser, address):
    with visit(browser, address) as page:
        page.locator(".nl-piece:visible").first.wait_for()
        passed = []
        for _ in range(80):
            page.keyboard.press("Tab")
            passed.append(page.evaluate(FOCUSED))
        assert {"translation", "Share", "Translate"} <= {said.strip() for said in passed}
        assert page.locator("textarea").first.input_value(), "passed by the examples"
        page.locator("button[data-tab-id=digits]:visible").focus()
        page.keyboard.press("Enter")
        page.locator(".easel canvas:visible").first.wait_for()


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_for_whoever_asks_for_that(browser, address, wish):
    with visit(browser, address, query="&tab=cartpole", reduced_motion=wish) as page:
        page.locator(".nl-cart:visible canvas").first.wait_for()
        page.wait_for_timeout(1_500)
        moving = page.locator(".nl-cart:visible .nl-playing").count()
        assert moving == (0 if wish == "reduce" else 1)
