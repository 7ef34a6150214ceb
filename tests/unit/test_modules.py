"""The browser's modules: all are used, served, and may be kept."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.modules import PAGES, call_js, files, modules_route, with_imports
from pages.widgets import WIDGET
from pages.widgets.cloud import cloud

CALL = re.compile(r'"(\w+/js/\w+\.js)"')
INLINE = "gradio_compat/js/initial_language.js"  # is part of the page


@pytest.fixture(scope="module")
def browser():
    route = modules_route()
    folder = route.path.removesuffix("{name:path}")
    # Behind a proxy that cuts off the path under which the lab stands.
    app = Starlette(routes=[route])
    with TestClient(app, base_url=f"http://lab{folder}", root_path="/netlab") as client:
        yield client


def test_every_module_is_used():
    widgets = [name for name in files() if "export const mount" in files()[name].read_text("utf-8")]
    called = {
        name for path in PAGES.rglob("*.py") for name in CALL.findall(path.read_text("utf-8"))
    }
    used = {
        module for name in [*widgets, *called & files().keys()] for module in with_imports(name)
    }
    assert WIDGET in used
    assert used == {name for name in files() if name.endswith(".js")} - {INLINE}


def test_a_module_comes_after_what_it_imports():
    modules = with_imports("widgets/js/cloud.js")
    assert modules[-1] == "widgets/js/cloud.js"
    assert modules.index("widgets/js/format.js") < modules.index("widgets/js/cloud_camera.js")
    assert "gradio_compat/js/gradio.js" in modules


def test_the_files_are_served_and_may_be_kept(browser):
    for name, kind in (("cloud.js", "javascript"), ("widgets.css", "text/css")):
        answer = browser.get(f"widgets/js/{name}")
        assert answer.status_code == 200 and kind in answer.headers["content-type"]
        assert "immutable" in answer.headers["cache-control"]
    assert browser.get("../000000000000/widgets/js/cloud.js").status_code == 404
    assert browser.get("%2e%2e/modules.py").status_code == 404
    assert browser.get("widgets/__init__.py").status_code == 404


def test_a_call_names_its_module_and_passes_constants():
    script = call_js("app/js/controls.js", "clampValues", [[0, 1, 2]])
    assert script.endswith(".clampValues([[0, 1, 2]], ...given)")
    assert "app/js/controls.js" in script


def test_of_what_a_module_quotes_only_events_count_as_events():
    component = cloud()
    assert hasattr(component, "point_click")
    assert not hasattr(component, "marker") and not hasattr(component, "words")
