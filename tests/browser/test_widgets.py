"""Every widget in Chromium: what it draws, what an update leaves alone, what a hand does."""

from collections.abc import Iterator

import pytest

from tests.browser.visiting import OVERFLOW, open_tab, until, visit
from tests.serving import answering

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('#cloud .nl-plot')"
CAMERA = f"() => {PLOT}._fullLayout.scene._scene.getCamera()"
WIDTH = f"() => Math.max(...{PLOT}.data[7].x)"
# Where the diamond of the marker stands in the stage: the middle of all that has its colour.
MARKED = """() => {
    const canvas = document.querySelector("#cloud .nl-overlay");
    const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [sum, left, top] = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] !== 79 || data[i + 1] !== 70 || data[i + 2] !== 229) continue;
        sum += 1; left += (i / 4) % width; top += Math.floor(i / 4 / width);
    }
    return sum ? [left / sum, top / sum] : null;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with answering("-m", "tests.browser.widgets_app") as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, address):
    with visit(browser, address, width=1200) as page:
        page.locator("#pad canvas").wait_for()
        yield page


@pytest.fixture
def cloud(page):
    """The cloud, which takes longer to draw than all the rest, seen from where it is at first."""
    open_tab(page, "Cloud")
    page.wait_for_function(f"() => {PLOT}?._fullLayout?.scene?._scene?.glplot")
    page.get_by_role("button", name="clear", exact=True).click()
    page.wait_for_function(f"() => ({MARKED})() === null")
    page.locator("#cloud .nl-stage").focus()
    page.keyboard.press("0")
    page.wait_for_timeout(500)


def says(page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#log textarea').value.startsWith(text)", arg=text
    )


def marked(page) -> tuple[float, float]:
    """The place on the page of the marker, at the fifth point."""
    page.get_by_role("button", name="mark 4").click()
    page.wait_for_function(f"() => ({MARKED})() !== null")
    left, top = page.evaluate(MARKED)
    box = page.locator("#cloud .nl-stage").bounding_box()
    return box["x"] + left, box["y"] + top


def another_cloud(page) -> None:
    """Have all points placed anew."""
    before = page.evaluate(WIDTH)
    page.get_by_role("button", name="new cloud").click()
    page.wait_for_function(f"before => ({WIDTH})() !== before", arg=before)


def close(one: dict, other: dict) -> bool:
    """Whether two cameras are the same but for rounding."""
    return all(
        one[part][axis] == pytest.approx(other[part][axis], abs=1e-6)
        for part in ("eye", "up", "center")
        for axis in "xyz"
    )


def turned_from(page, before) -> None:
    """Wait until the camera stands elsewhere."""
    until(page, lambda: not close(before, page.evaluate(CAMERA)))


def turn_by_hand(page) -> None:
    before = page.evaluate(CAMERA)
    box = page.locator("#cloud .nl-stage").bounding_box()
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(left + 9 * step, top + 2 * step)
    page.mouse.up()
    turned_from(page, before)
    page.wait_for_timeout(300)  # and comes to rest


@pytest.mark.usefixtures("cloud")
def test_a_click_names_the_point_as_it_was_given(page):
    where = marked(page)
    page.get_by_role("button", name="clear", exact=True).click()
    page.wait_for_function(f"() => ({MARKED})() === null")
    page.mouse.click(*where)
    says(page, "index=4")


@pytest.mark.usefixtures("cloud")
def test_marking_a_point_draws_no_point_anew(page):
    page.evaluate(f"() => {{ window.drawn = 0; {PLOT}.on('plotly_afterplot', () => drawn++) }}")
    marked(page)
    assert page.evaluate("drawn") == 0


@pytest.mark.usefixtures("cloud")
def test_turning_picks_nothing_and_no_update_turns_back(page):
    log = page.locator("#log textarea")
    said = log.input_value()
    turn_by_hand(page)
    turned = page.evaluate(CAMERA)
    another_cloud(page)
    marked(page)
    assert close(page.evaluate(CAMERA), turned)
    assert log.input_value() == said


@pytest.mark.usefixtures("cloud")
def test_a_digit_once_hidden_stays_hidden(page):
    chip = page.locator("#cloud .nl-chip").nth(7)
    chip.click()
    assert chip.get_attribute("aria-pressed") == "false"
    another_cloud(page)
    assert page.evaluate(f"() => {PLOT}.data.map(trace => trace.visible)").count(False) == 1
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"


@pytest.mark.usefixtures("cloud")
def test_keys_turn_the_cloud(page):
    before = page.evaluate(CAMERA)
    page.locator("#cloud .nl-stage").focus()
    page.keyboard.press("ArrowLeft")
    turned_from(page, before)
    page.keyboard.press("0")
    until(page, lambda: close(before, page.evaluate(CAMERA)))


def test_updates_before_a_tab_is_opened_lose_nothing(browser, address):
    with visit(browser, address) as page:
        page.get_by_role("button", name="late").click()
        page.wait_for_timeout(2500)
        open_tab(page, "Tiles")
        open_tab(page, "Second")
        second = "document.querySelector('#second .nl-plot')"
        page.wait_for_function(f"() => {second}?.data?.length === 10")
        assert page.evaluate(f"() => {second}.data.reduce((n, t) => n + t.x.length, 0)") == 6
        assert page.locator("#second .nl-chip").first.get_attribute("title") == "数字 0"


def test_an_update_before_its_module_has_loaded_is_shown(browser, address):
    with visit(browser, address) as page:
        held = []
        page.route("**/cloud.js", lambda route: held.append(route))
        open_tab(page, "Cloud")
        page.get_by_role("button", name="mark 4").click()
        page.wait_for_timeout(1_500)
        assert held and not page.locator("#cloud .nl-stage").count()
        held[0].continue_()
        page.locator("#cloud .nl-overlay").wait_for(state="attached")
        page.wait_for_function(f"() => ({MARKED})() !== null")


def test_every_file_is_fetched_once(browser, address):
    with visit(browser, address) as page:
        page.locator("#pad canvas").wait_for()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        page.locator("#pad canvas").wait_for()
        for tab in ("Tiles", "Second", "Cloud", "Chart"):
            open_tab(page, tab)
            page.wait_for_timeout(500)
        page.wait_for_function("() => document.querySelector('#chart .nl-plot')?.data")
        files = [url for url in asked if "/modules/" in url or "plotly.min.js" in url]
        assert len([url for url in files if "plotly.min.js" in url]) == 1
        assert len(files) > 15 and len(set(files)) == len(files)


def test_tiles_answer_to_mouse_and_keys(page):
    open_tab(page, "Tiles")
    tiles = page.locator("#grid .nl-tile")
    tiles.nth(5).click()
    says(page, "index=5")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    says(page, "index=1")
    assert page.locator("#grid .nl-tile[tabindex='0']").count() == 1
    boxes = [tiles.nth(i).bounding_box() for i in (0, 1, 3)]
    assert boxes[0]["x"] + boxes[0]["width"] == pytest.approx(boxes[1]["x"], abs=0.01)
    assert boxes[0]["y"] + boxes[0]["height"] == pytest.approx(boxes[2]["y"], abs=0.01)
    assert page.locator("#nothing .nl").get_attribute("data-empty") == "Nothing yet"


def test_a_drawing_arrives_and_can_be_taken_back(page):
    open_tab(page, "Pad")
    box = page.locator("#pad canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 140)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 140, steps=8)
    page.mouse.up()
    page.wait_for_timeout(800)
    says(page, "ink ")
    rows = int(page.locator("#log textarea").input_value().split()[-1])
    assert 7 <= rows <= 14  # a stroke of about 22 / 280 of the sheet, with its soft rim
    page.get_by_role("button", name="Undo").click()
    says(page, "cleared")


def test_a_digit_can_be_drawn_with_the_keys_alone(page):
    open_tab(page, "Pad")
    page.locator("#pad canvas").focus()
    for key in ("Space", *["ArrowDown"] * 6, "Space"):
        page.keyboard.press(key)
    says(page, "ink ")
    for key in ("Space", *["ArrowRight"] * 4, "Delete"):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    page.wait_for_timeout(1_000)  # whatever waited for its turn
    says(page, "cleared")


@pytest.mark.usefixtures("cloud")
def test_the_film_moves_the_dot_and_tells_its_frame(page):
    page.evaluate("() => addEventListener('netlab:frame', e => window.at = e.detail)")
    page.locator("#film .nl-scrub").focus()
    page.keyboard.press("End")
    says(page, "index=8")
    assert page.evaluate("window.at") == {"name": "film", "index": 8}
    seen = page.evaluate("window.at.index")
    play = page.locator("#film .nl-button")
    play.click()
    page.wait_for_function("seen => window.at.index !== seen", arg=seen)
    play.click()


def test_the_chart_keeps_its_zoom(page):
    open_tab(page, "Chart")
    chart = "document.querySelector('#chart .nl-plot')"
    page.wait_for_function(f"() => {chart}?._fullLayout?.xaxis?._length > 100")
    box = page.locator("#chart .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 150, steps=6)
    page.mouse.up()
    page.wait_for_function(f"() => {chart}._fullLayout.xaxis.range[0] > 1")
    before = page.evaluate(f"() => {chart}._fullLayout.xaxis.range")
    page.get_by_role("button", name="more").click()
    page.wait_for_function(f"() => {chart}.data[0].x.length === 40")
    assert page.evaluate(f"() => {chart}._fullLayout.xaxis.range") == pytest.approx(before)


@pytest.mark.usefixtures("cloud")
def test_the_colours_follow_the_page(page):
    colours = f"() => {PLOT}.data.map(trace => trace.marker.color)"
    light = page.evaluate(colours)
    page.evaluate("() => document.body.classList.add('dark')")
    page.wait_for_function(f"light => ({colours})()[0] !== light", arg=light[0])
    assert not set(light) & set(page.evaluate(colours))
    page.evaluate("() => document.body.classList.remove('dark')")


def test_a_phone_has_room_for_everything(browser, address):
    with visit(browser, address, width=390) as page:
        for tab in ("Cloud", "Tiles", "Pad", "Chart"):
            open_tab(page, tab)
            page.wait_for_timeout(500)
            assert page.evaluate(OVERFLOW) <= 0
