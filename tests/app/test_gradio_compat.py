"""What `pages/gradio_compat` relies on still exists in the installed Gradio.

A failure means that Gradio changed: read the docstring of the file that the message names, then
adapt that file or delete it.
"""

import asyncio
import functools
import inspect
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import gradio.processing_utils
import gradio.queueing
import gradio.routes
import gradio.tunneling
import gradio.utils
import pytest
from gradio.context import LocalContext
from gradio.route_utils import API_PREFIX
from gradio.state_holder import SessionState, StateHolder
from gradio.themes import Base

from pages.gradio_compat import (
    analytics,
    frontend_scripts,
    page_cache,
    traceback_logging,
)
from pages.gradio_compat.client_updates import updates_js
from pages.gradio_compat.component_ids import component_id
from pages.gradio_compat.file_cache import cache_of, save_file, served_folder
from pages.gradio_compat.frontend_scripts import ASSETS, Replacement, patched
from pages.gradio_compat.private_endpoints import BY_NAME, public_endpoints
from pages.gradio_compat.queue_polling import EVENTS_SECONDS, PROGRESS_SECONDS, slow_polling
from pages.gradio_compat.session_properties import session_properties
from pages.gradio_compat.session_state import Sessions

ROOT = Path(__file__).parents[2]
COMPAT = ROOT / "pages" / "gradio_compat"
WRITTEN_FOR = "6.31.0"
REPLACEMENTS = {
    f"frontend_scripts.py, {group}: {each.old[:40]}": each
    for group, replacements in frontend_scripts.REPLACEMENTS.items()
    for each in replacements
}


@functools.cache
def assets() -> str:
    """All scripts and style sheets of Gradio's front end."""
    files = sorted([*ASSETS.glob("*.js"), *ASSETS.glob("*.css")])
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def in_event_loop(test: Callable[[], None]) -> Callable[[], None]:
    """Outside a running event loop `gr.Blocks` opens loops and never closes them."""

    @functools.wraps(test)
    def run() -> None:
        async def call() -> None:
            test()

        asyncio.run(call())

    return run


def source(thing: object) -> str:
    return inspect.getsource(thing)  # type: ignore[arg-type]


FILES = sorted([*COMPAT.glob("[a-z]*.*"), COMPAT / "js" / "gradio.js"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_says_what_it_relies_on_and_has_a_test(path):
    name = path.relative_to(COMPAT).as_posix()
    text = path.read_text(encoding="utf-8")
    for heading in (
        f"Written for: Gradio {WRITTEN_FOR}.",
        "No longer needed:",
        "If Gradio changes:",
    ):
        assert heading in text, f"{name} does not say '{heading}'"
    assert f"| {name} |" in (COMPAT / "__init__.py").read_text(encoding="utf-8")
    sentence = rf'"{re.escape(name)}[:,] [A-Za-z{{]'  # of an assertion
    assert re.search(sentence, Path(__file__).read_text(encoding="utf-8")), f"{name} has no test"


def test_gradio_is_the_version_that_the_patches_were_written_for():
    assert gr.__version__ == WRITTEN_FOR, (
        f"Gradio is {gr.__version__}, the patches were written for {WRITTEN_FOR}: run all "
        "tests and benchmarks/first_look, then change the version in each docstring and here."
    )


def test_analytics_reads_its_variables():
    for name in analytics.SETTINGS:
        found = name in source(gradio.queueing) or name in source(gradio.utils)
        found = found or any(name in p.read_text() for p in Path(gr.__file__).parent.glob("*.py"))
        assert found, f"analytics.py: Gradio does not read {name} any more."


def test_client_updates_are_recognised_by_the_front_end():
    assert "`__type__`in e&&e?.__type__===`update`" in assets(), (
        "client_updates.py: the front end recognises an update in another way."
    )
    assert gr.update(visible=False)["__type__"] == "update"
    assert updates_js([{"visible": False}]) == '() => [{"__type__": "update", "visible": false}]'


@in_event_loop
def test_component_ids_are_those_of_the_configuration():
    with gr.Blocks() as page:
        button = gr.Button()
    ids = [each["id"] for each in page.get_config_file()["components"]]
    assert component_id(button) in ids, "component_ids.py: the configuration has other numbers."


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_a_replaced_text_occurs_once(name):
    each = REPLACEMENTS[name]
    found = [path.read_text(encoding="utf-8") for path in ASSETS.glob(f"{each.script}*.js")]
    assert len(found) == 1, f"{name}: there are {len(found)} scripts {each.script}*.js."
    assert found[0].count(each.old) == 1, f"{name}: the text occurs {found[0].count(each.old)}×."


def test_a_script_is_patched_with_all_its_replacements():
    for prefix in {each.script for each in REPLACEMENTS.values()}:
        (path,) = ASSETS.glob(f"{prefix}*.js")
        script = patched(path.name, list(REPLACEMENTS.values()))
        assert script is not None
        own = [each for each in REPLACEMENTS.values() if each.script == prefix]
        assert all(each.new in script.decode() for each in own)


@pytest.mark.parametrize("name", ["core-none.js", "core-../../x.js", "index.js", "Blocks-.css", ""])
def test_no_other_file_is_patched(name):
    assert patched(name, list(REPLACEMENTS.values())) is None


def test_a_script_without_the_replaced_text_is_left_unchanged(tmp_path):
    (tmp_path / "core-new.js").write_text("one")
    assert patched("core-new.js", [Replacement("core-", "one", "two")], tmp_path) == b"two"
    missing = [Replacement("core-", "one", "two"), Replacement("core-", "three", "four")]
    assert patched("core-new.js", missing, tmp_path) is None


def test_the_modules_find_what_they_use_of_the_front_end():
    used = (COMPAT / "js" / "gradio.js").read_text(encoding="utf-8")
    for text in ("`data-tab-id`", 'role="tab"', "`aria-selected`", "`form svelte-", "combobox"):
        assert text in assets(), f"js/gradio.js: the front end lacks {text}."
    for variable in re.findall(r'"(--[\w-]+)"', used):
        assert f"{variable}:" in assets() or hasattr(Base(), variable[2:].replace("-", "_")), (
            f"js/gradio.js: the theme has no variable {variable}."
        )
    assert f"{API_PREFIX[1:]}/file=" in used, "js/gradio.js: files are served elsewhere."


def test_file_cache_is_the_folder_of_every_component(tmp_path):
    image = gr.Image(render=False)
    assert Path(cache_of(image)) == served_folder(), "file_cache.py: components use other folders."
    path = save_file(b"bytes", "film.gif", str(tmp_path))
    assert path.read_bytes() == b"bytes" and path.name == "film.gif"
    assert path.is_relative_to(tmp_path)


def test_the_page_has_its_configuration_before_the_mark_of_the_page_cache():
    template = (ASSETS.parent / "index.html").read_text(encoding="utf-8")
    mark, setting = page_cache.MARK.decode(), "window.gradio_config ="
    assert template.count(mark) == 1, "page_cache.py: the page lacks the text of MARK."
    assert 0 < template.index(setting) < template.index(mark) < template.index('type="module"'), (
        "page_cache.py: the configuration does not come before the mark and the first script."
    )


@in_event_loop
def test_the_configuration_has_what_initial_language_changes():
    with gr.Blocks() as page:
        view = gr.HTML(words={"a": "b"})  # type: ignore[call-arg]
    config = page.get_config_file()
    (found,) = (each for each in config["components"] if each["id"] == component_id(view))
    assert found["props"]["props"]["words"] == {"a": "b"}, (
        "initial_language.py: a gr.HTML has its properties in another place."
    )


def test_matplotlib_is_imported_by_gradio_only_where_it_may_be_missing():
    manager = gradio.utils.MatplotlibBackendMananger
    caught = source(manager).count("except ImportError")
    assert caught == source(manager).count("import matplotlib"), (
        "matplotlib_import.py: Gradio imports matplotlib where it does not catch an ImportError."
    )
    program = """
import sys
from pages.gradio_compat.matplotlib_import import block_matplotlib
block_matplotlib()
import gradio.utils
with gradio.utils.MatplotlibBackendMananger():
    pass
assert not sys.modules["matplotlib"]
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=120)


@in_event_loop
def test_private_endpoints_cover_all_routes_that_take_a_name():
    posts = re.findall(r'router\.post\(\s*"([^"]*\{api_name\}[^"]*)"', source(gradio.routes))
    assert posts, "private_endpoints.py: Gradio declares its routes in another way."
    for path in posts:
        named = BY_NAME.search(path.replace("{api_name}", "arrive"))
        assert named and named[1] == "arrive", f"private_endpoints.py: {path} is not covered."
    with gr.Blocks() as page:
        gr.api(lambda: 1, api_name="one")  # type: ignore[attr-defined]
        gr.Button().click(lambda: 2, api_visibility="private")
    assert public_endpoints(page) == ["one"]


@in_event_loop
def test_queue_polling_sets_what_the_queue_reads():
    with gr.Blocks() as page:
        gr.Textbox()
    page.queue()
    for name in ("sleep_when_free", "progress_update_sleep_when_free"):
        assert f"asyncio.sleep(self.{name})" in source(gradio.queueing), (
            f"queue_polling.py: the queue does not use {name} any more."
        )
        assert getattr(page._queue, name) < EVENTS_SECONDS + PROGRESS_SECONDS
    slow_polling(page)
    assert page._queue.sleep_when_free == EVENTS_SECONDS


@in_event_loop
def test_session_properties_reads_what_the_session_keeps():
    with gr.Blocks() as page:
        view = gr.HTML("built", words={})  # type: ignore[call-arg]
    assert session_properties(view)["words"] == {}
    sessions = Sessions()
    sessions.set_blocks(page)
    sessions["one"][component_id(view)] = gr.HTML("new", words={"a": "b"}, render=False)  # type: ignore[call-arg]
    token = LocalContext.blocks_config.set(sessions["one"].blocks_config)
    try:
        assert session_properties(view)["words"] == {"a": "b"}, (
            "session_properties.py: a session keeps its components in another way."
        )
    finally:
        LocalContext.blocks_config.reset(token)


def test_session_state_overrides_what_gradio_has():
    message = "session_state.py: Gradio's sessions changed, compare the constructors."
    assert list(inspect.signature(SessionState.__init__).parameters) == ["self", "blocks"], message
    used = re.findall(r"(?<![\w.])blocks\.(\w+)", source(SessionState.__init__))
    assert used == ["default_config", "blocks"], message
    for name in ("config_for_block", "is_closed", "default_config"):
        assert name in source(SessionState), message
    for name in ("session_data", "time_last_used", "lock", "capacity"):
        assert hasattr(StateHolder(), name), message
    assert "state_holder" in source(gradio.routes.App), message


def test_share_tunnels_finds_the_list():
    assert gradio.tunneling.CURRENT_TUNNELS == [], "share_tunnels.py: the list is no longer a list."
    assert callable(gradio.tunneling.Tunnel.kill)


def test_each_class_of_gradio_css_exists_in_the_front_end():
    styles = re.sub(
        r"/\*.*?\*/", "", (COMPAT / "gradio.css").read_text(encoding="utf-8"), flags=re.S
    )
    own = {"notice", "aside", "steering", "easel", "dark"}  # of the lab, and of the page's body
    names = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "", styles))) - own
    assert names >= {"gradio-container", "tabitem", "row", "column", "toast-title"}
    for name in names:
        assert re.search(rf"[\s\"'`.]{re.escape(name)}[\s\"'`.{{:,)]", assets()), (
            f"gradio.css: the front end has no class {name} any more."
        )


def test_traceback_logging_replaces_all_that_gradio_calls(caplog):
    for module in traceback_logging.MODULES:
        called = set(re.findall(r"\btraceback\.(\w+)\(", source(module)))
        assert called and called <= {"print_exc", "format_exc"}, (
            f"traceback_logging.py: {module.__name__} calls {called}."
        )
    printing = {
        path.stem
        for path in Path(gr.__file__).parent.glob("*.py")
        if "traceback.print_exc()" in path.read_text(encoding="utf-8")
    }
    patched_modules = {module.__name__.split(".")[1] for module in traceback_logging.MODULES}
    # The former prints the errors of background tasks at the end, the latter is not used.
    others = printing - patched_modules - {"route_utils", "screen_recording_utils"}
    assert not others, f"traceback_logging.py: {others} print errors, too."
    typed = "a visitor's secret"
    kept = [module.traceback for module in traceback_logging.MODULES]  # type: ignore[attr-defined]
    try:
        traceback_logging.log_without_messages(logging.getLogger("netlab"))
        with caplog.at_level(logging.ERROR, logger="netlab"):
            try:
                raise ValueError(typed)
            except ValueError:
                gradio.queueing.traceback.print_exc()  # type: ignore[attr-defined]
        assert "ValueError" in caplog.text and "secret" not in caplog.text
    finally:
        for module, old in zip(traceback_logging.MODULES, kept, strict=True):
            module.traceback = old  # type: ignore[attr-defined]


def test_limit_analytics_keeps_what_is_set(monkeypatch):
    for name in analytics.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRADIO_ANALYTICS_MAX_EVENTS", "7")
    analytics.limit_analytics()
    assert os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] == "7"
    assert os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] == "1000"
