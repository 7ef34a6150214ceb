"""The cart in Chromium: the browser's physics is Gymnasium's; watched, shoved, driven and raced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cartpole.environment import EARTH, World, initial_state, make_environment
from core.cartpole.rollout import continue_episode
from tests.browser.visiting import open_tab, visit
from tests.carts import balancer
from tests.serving import answering

pytestmark = pytest.mark.browser

CANVAS = "#cart canvas.nl-plot"
PHYSICS = Path(__file__).parents[2] / "pages" / "widgets" / "js" / "cartpole.js"
STEP = """async ([source, states, actions, world]) => {
    const { step } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    return states.map((state, i) => step(state, actions[i], world));
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with answering("-m", "tests.browser.cart_app") as address:
        yield address


@pytest.fixture(scope="module")
def visited(browser, address):
    with visit(browser, address) as page:
        yield page


@pytest.fixture
def page(visited):
    """The cart at the beginning of an episode that is watched."""
    open_tab(visited, "Cart")
    choose(visited, "Watch")
    visited.wait_for_selector(f"{CANVAS}[data-phase=running]")
    return visited


def data(page) -> dict[str, str]:
    return page.evaluate(f"() => ({{ ...document.querySelector('{CANVAS}').dataset }})")


def state(page) -> list[float]:
    return [float(number) for number in data(page)["state"].split()]


def until(page, condition: str, argument: Any = None) -> None:
    """Wait for a condition on `d`, what the canvas tells of itself."""
    page.wait_for_function(
        f"value => {{ const d = document.querySelector('{CANVAS}').dataset; return {condition}; }}",
        arg=argument,
    )


def says(page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#log textarea').value.includes(text)", arg=text
    )


def choose(page, name: str) -> None:
    page.locator("#cart").get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize(
    "world", [EARTH, World(3.7, 2.0, 0.4, 1.2, 14.0), World(20.0, 0.3, 1.0, 0.1, 3.0)]
)
def test_the_browsers_physics_is_gymnasiums(browser, world):
    generator = np.random.default_rng(0)
    visited: list[np.ndarray] = []
    seed = 0
    while len(visited) < 1_000:
        gains = generator.normal((0.2, 0.4, 3.0, 0.6), 1.0).tolist()
        visited += list(
            continue_episode(balancer(gains), world, initial_state(seed), 100).states[:-1]
        )
        seed += 1
    states = visited[:1_000]
    actions = generator.integers(0, 2, 1_000)
    truth = make_environment(world)
    expected = []
    for each, action in zip(states, actions, strict=True):
        truth.reset()
        truth.state = each
        truth.step(int(action))
        expected.append(truth.state)
    page = browser.new_page()
    given = [PHYSICS.read_text(), [s.tolist() for s in states], actions.tolist(), world.to_dict()]
    got = page.evaluate(STEP, given)
    page.close()
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-6)


def test_the_agent_is_seen_in_real_time(page):
    before = data(page)
    page.wait_for_timeout(2_000)
    after = data(page)
    print(f"{(int(after['frames']) - int(before['frames'])) / 2:.0f} frames a second")
    until(page, "+d.step > value || +d.episodes > 0", int(before["step"]) + 50)
    told = page.locator("#cart .nl-gauges").inner_text()
    assert "Q(left)" in told and "Q(s, a) = V(s) + A(s, a)" in told and "/ 500" in told


def test_held_and_moved_by_one_step(page):
    page.locator(CANVAS).focus()
    page.keyboard.press(" ")
    says(page, "step=")
    first = int(data(page)["step"])
    frames = data(page)["frames"]
    page.wait_for_timeout(500)
    assert data(page)["frames"] == frames, "a held picture is not drawn again"
    page.keyboard.press(".")
    until(page, "+d.step === value", first + 1)


def test_a_shove_is_seen_and_answered_at_once(page):
    page.locator(CANVAS).focus()
    page.keyboard.press(" ")
    before, shoves = state(page), int(data(page)["shoves"])
    page.keyboard.press("Shift+ArrowRight")
    until(page, "+d.shoves === value", shoves + 1)
    until(page, "Math.abs(d.state.split(' ')[3] - value) < 1e-3", before[3] + 0.6)
    page.keyboard.press(" ")
    step = int(data(page)["step"])
    until(page, "+d.step > value", step + 60)
    assert abs(state(page)[3]) < 0.5
    page.get_by_role("button", name="Shove the cart to the left").click()
    until(page, "+d.shoves === value", shoves + 2)


def test_a_visitor_drives_with_keys_and_is_told_the_end(page):
    choose(page, "Drive yourself")
    until(page, "d.phase === 'ready'")
    page.locator(CANVAS).focus()
    page.keyboard.down("ArrowRight")
    until(page, "d.phase === 'over'")
    page.keyboard.up("ArrowRight")
    says(page, "end=fell")
    said = page.locator("#log textarea").input_value()
    assert "mode=play" in said and "rival=-1" in said and "usual=true" in said.lower()
    assert state(page)[0] > 0
    assert 5 < int(data(page)["step"]) < 20


def test_a_race_begins_for_both_at_once(page):
    choose(page, "Race the agent")
    until(page, "d.phase === 'ready'")
    thumb = page.locator("#cart .nl-thumb-pad").first
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    until(page, "d.phase === 'over'")
    page.mouse.up()
    says(page, "mode=race")
    assert "rival=-1" not in page.locator("#log textarea").input_value()
    assert "agent" in page.locator("#cart .nl-note").inner_text()


def test_another_agent_and_another_world_take_over_at_once(browser, address):
    with visit(browser, address) as page:
        page.wait_for_selector(f"{CANVAS}[data-phase=running]")
        page.get_by_role("button", name="moon").click()
        step = int(data(page)["step"])
        until(page, "+d.step > value || +d.episodes > 0", step + 20)
        page.get_by_role("button", name="poor agent").click()
        until(page, "d.ended === 'fell'")
        episodes = int(data(page)["episodes"])
        until(page, "+d.episodes > value", episodes)


def test_out_of_sight_nothing_is_drawn_or_asked_for(page):
    asked = []
    page.on("request", lambda r: "component_server" in r.url and asked.append(r.url))
    open_tab(page, "Other")
    page.wait_for_timeout(500)
    asked.clear()
    frames = data(page)["frames"]
    page.wait_for_timeout(3_000)
    assert data(page)["frames"] == frames and not asked
    open_tab(page, "Cart")
    until(page, "+d.frames > value", int(frames) + 10)


def test_the_map_follows_the_cart_and_is_picked_from(page):
    canvas = page.locator("#map .nl-plot")
    canvas.scroll_into_view_if_needed()
    page.wait_for_function("() => +document.querySelector('#map .nl-plot').dataset.frames > 20")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 4, "y": box["height"] / 4})
    says(page, "angle=")
    said = dict(part.split("=") for part in page.locator("#log textarea").input_value().split())
    assert float(said["angle"]) == pytest.approx(-0.105, abs=0.005)
    assert float(said["spin"]) == pytest.approx(1.5, abs=0.05)


def test_a_film_is_shown_over_and_over(page):
    page.locator("#corner").scroll_into_view_if_needed()
    page.wait_for_function("() => +document.querySelector('#corner canvas').dataset.episodes > 1")
    assert page.locator("#corner button").count() == 0


def test_in_chinese_on_a_phone(browser, address):
    with visit(browser, address, width=390) as page:
        open_tab(page, "Cart")
        page.wait_for_selector(f"{CANVAS}[data-phase=running]")
        page.get_by_role("button", name="chinese").click()
        page.wait_for_selector("#cart >> text=与智能体比赛")
        assert "小车位置" in page.locator("#cart .nl-gauges").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
