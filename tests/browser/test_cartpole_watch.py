"""The first two sections of the CartPole tab in Chromium, with mouse and keys."""

import re

import pytest

from tests.browser.visiting import open_tab, visit
from tests.browser.visiting import until as happens

pytestmark = pytest.mark.browser

CANVAS = ".nl-cart:visible canvas.nl-plot"


@pytest.fixture(scope="module")
def page(browser, address):
    with visit(browser, address) as page:
        yield page


def enter(page, *names: str) -> None:
    """Open a tab and its section, and wait until the cart moves."""
    for name in names:
        open_tab(page, name)
    page.locator(f"{CANVAS}[data-phase=running]").first.wait_for()


def data(page) -> dict[str, str]:
    return page.locator(CANVAS).first.evaluate("canvas => ({ ...canvas.dataset })")


def until(page, condition: str, argument=None) -> None:
    """Wait for a condition on `d`, what the visible cart tells of itself."""
    page.wait_for_function(
        """([condition, value]) => {
            const seen = [...document.querySelectorAll('.nl-cart canvas.nl-plot')];
            const d = seen.find((each) => each.offsetParent).dataset;
            return new Function('d', 'value', `return ${condition}`)(d, value);
        }""",
        arg=[condition, argument],
    )


def test_watched_held_and_begun_from_the_map(page):
    enter(page, "CartPole", "Watch and push")
    before = int(data(page)["frames"])
    page.wait_for_timeout(1_000)
    print(f"{int(data(page)['frames']) - before} frames a second")
    page.get_by_text(re.compile("of this map")).wait_for()
    canvas = page.locator(".nl-heatmap:visible canvas.nl-plot")
    canvas.scroll_into_view_if_needed()
    side = canvas.bounding_box()["width"]
    page.get_by_role("button", name="Pause").click()
    canvas.click(position={"x": 0.75 * side, "y": 0.5 * side})
    until(page, "Math.abs(d.state.split(' ')[2] - 0.1047) < 0.005")
    place = page.get_by_role("spinbutton", name=re.compile("Cart position"))
    happens(page, lambda: begun_at_one_metre(page, place, canvas, side))
    page.get_by_label("Map of").click()
    page.get_by_role("option", name="Value, max Q").click()
    page.locator(".nl-heat-legend:visible", has_text="most").wait_for()
    page.get_by_role("button", name="Go on").click()
    until(page, "+d.step > 0 && d.phase !== 'ready'")


def begun_at_one_metre(page, place, canvas, side) -> bool:
    """Whether an episode begins where the sliders say.

    The held cart moves them, too, and its answer may come after the visitor's own number.
    """
    place.fill("1")
    page.keyboard.press("Tab")
    canvas.click(position={"x": 0.5 * side, "y": 0.5 * side})
    page.wait_for_timeout(1_500)
    return data(page)["state"].startswith("1.0000")


def test_a_duelling_agent_shows_value_and_advantage_apart(page):
    enter(page, "CartPole", "Watch and push")
    page.get_by_label("Dueling DQN").check()
    page.locator(".nl-apart:visible", has_text="A(right)").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.nl-apart .nl-stream i').style.transform.length > 9"
    )
    page.get_by_label("DQN", exact=True).check()
    page.locator(".nl-apart").first.wait_for(state="hidden")


def test_rounds_stand_on_the_board_and_an_episode_is_recorded(page):
    enter(page, "CartPole", "Watch and push")
    for mode, hint in (("Drive yourself", "the clock"), ("Race the agent", "the race")):
        page.get_by_role("button", name=mode, exact=True).click()
        page.get_by_text(f"Your first push starts {hint}.").wait_for()
        page.locator(CANVAS).first.focus()
        page.keyboard.down("ArrowRight")
        until(page, "d.phase === 'over'")
        page.keyboard.up("ArrowRight")
    page.get_by_text("place 2 of 2").or_(page.get_by_text("place 1 of 2")).wait_for()
    page.get_by_text("Races won: 0 of 1.").wait_for()
    page.get_by_label("GIF").check()
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text(re.compile(r"GIF, [\d,]+ kB")).wait_for()
    page.get_by_alt_text("The recorded episode").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"cartpole.*-7\.gif", download.value.suggested_filename)
    assert download.value.path().read_bytes().startswith(b"GIF8")


def test_another_world_changes_cart_and_chart(page):
    enter(page, "CartPole", "Change the world")
    page.get_by_text(re.compile(r"In this world \(0.5 m\)")).wait_for()
    page.get_by_role("button", name="Moon").click()
    page.get_by_text(re.compile(r"In this world \(1.62 m/s²\)")).wait_for()
    delay = page.get_by_role("slider", name=re.compile("Delay"))
    delay.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("In this world (3 steps)").wait_for()
    step = int(data(page)["step"])
    until(page, "+d.step > value || +d.episodes > 0", step + 20)
    page.get_by_role("button", name="All as usual").click()
    page.get_by_text("In this world (0 steps)").wait_for()
