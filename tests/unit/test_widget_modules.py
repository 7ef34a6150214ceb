"""The browser modules of the widgets: all are used, served, and may be kept."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.widgets import JS, _modules, modules_route
from pages.widgets.cloud import cloud

ENTRIES = sorted(
    path.name for path in JS.glob("*.js") if "export const mount" in path.read_text("utf-8")
)


@pytest.fixture(scope="module")
def browser():
    route = modules_route()
    folder = route.path.removesuffix("{name}")
    # Behind a proxy that cuts off the path under which the lab stands.
    app = Starlette(routes=[route])
    with TestClient(app, base_url=f"http://lab{folder}", root_path="/netlab") as client:
        yield client


def test_every_module_is_imported_by_a_widget():
    used = {module for name in ["widget.js", *ENTRIES] for module in _modules(name)}
    assert used == {path.name for path in JS.glob("*.js")} - {"on_load.js"}


def test_a_module_comes_after_what_it_imports():
    modules = _modules("cloud.js")
    assert modules[-1] == "cloud.js"
    assert modules.index("format.js") < modules.index("cloud_camera.js")


def test_the_files_are_served_and_may_be_kept(browser):
    for name, kind in (("cloud.js", "javascript"), ("widgets.css", "text/css")):
        answer = browser.get(name)
        assert answer.status_code == 200 and kind in answer.headers["content-type"]
        assert "immutable" in answer.headers["cache-control"]
    assert browser.get("../widgets/000000000000/cloud.js").status_code == 404
    assert browser.get("%2e%2e/__init__.py").status_code == 404


def test_of_what_a_module_quotes_only_events_count_as_events():
    component = cloud()
    assert hasattr(component, "point_click")
    assert not hasattr(component, "marker") and not hasattr(component, "words")
