"""The rules of the house that a machine can hold."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SENTENCES

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
APP = [path for path in (ROOT / "app.py",) if path.exists()]
PACKAGES = {path.name for path in (ROOT / "core").iterdir() if (path / "__init__.py").exists()}
# Packages of core that the networks share.
ROOMS = {"execution", "mnist", "nn", "training"} & PACKAGES
NETWORKS = PACKAGES - ROOMS
# What a network may import of core, beside itself.
SHARED = {
    "checkpoint", "checks", "config", "data", "drawing", "errors", "metrics", "mnist", "nn",
    "observation", "training",
}  # fmt: skip

every_file = pytest.mark.parametrize(
    "path", [*CORE, *PAGES, *APP], ids=lambda path: str(path.relative_to(ROOT))
)


def imported(path: Path) -> Iterator[str]:
    """The full names of all that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{name.name}" for name in node.names)


# Documented modules of Gradio; everything else in it is private.
GRADIO_MODULES = ("gradio.themes",)
# Attributes with an underscore that are public by the documentation of their module.
PUBLIC = {"os._exit", "_replace"}


def private_attributes(path: Path) -> Iterator[str]:
    """Underscore attributes that a file reads from anything but `self` and `cls`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Attribute) or not re.match("_[^_]", node.attr):
            continue
        name = ast.unparse(node)
        if ast.unparse(node.value) not in ("self", "cls") and not {name, node.attr} & PUBLIC:
            yield f"line {node.lineno}: {name}"


def called(path: Path) -> Iterator[str]:
    """The names of all that a file calls, as written."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_core_knows_neither_pages_nor_gradio(path: Path):
    for name in imported(path):
        assert name.split(".")[0] not in ("app", "pages", "gradio", "tests")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_know_neither_the_app_nor_each_other(path: Path):
    own = path.relative_to(ROOT / "pages").parts[0]
    for name in imported(path):
        assert name.split(".")[0] not in ("app", "tests")
        if own in NETWORKS and name.startswith("pages."):
            assert name.split(".")[1] not in NETWORKS - {own}, "a tab imports another"


OUTSIDE_COMPAT = [
    path for path in [*PAGES, *APP] if "gradio_compat" not in path.relative_to(ROOT).parts
]
outside_compat = pytest.mark.parametrize(
    "path", OUTSIDE_COMPAT, ids=lambda path: str(path.relative_to(ROOT))
)


@outside_compat
def test_only_gradio_compat_imports_private_modules_of_gradio(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            modules = [name.name for name in node.names]
        for name in modules:
            if name and name.startswith("gradio."):
                assert name in GRADIO_MODULES, f"{name}: move this into pages/gradio_compat"


@outside_compat
def test_only_gradio_compat_uses_private_attributes(path: Path):
    if path.name == "lesson.py":
        return  # shows private functions of core as source code
    found = list(private_attributes(path))
    assert not found, f"{found}: if it is of Gradio, move this into pages/gradio_compat"


@outside_compat
def test_only_gradio_compat_uses_the_front_end_of_gradio(path: Path):
    text = path.read_text()
    for private in ("__type__", "data-tab-id", "tabId", "role=tab", "LocalContext", "_queue."):
        assert private not in text, f"{private}: move this into pages/gradio_compat"


def test_theme_has_no_classes_of_gradio():
    styles = (ROOT / "pages" / "app" / "theme.css").read_text()
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.S)
    for name in ("gradio-container", "tabitem", "row", "column", "block", "form", "toast-title"):
        assert not re.search(rf"\.{name}\b(?!-)", styles), f".{name}: move this into gradio.css"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tabs_do_not_serve_requests_themselves(path: Path):
    if path.relative_to(ROOT / "pages").parts[0] not in ("app", "gradio_compat", "modules.py"):
        assert not any(name.startswith(("starlette", "fastapi")) for name in imported(path))


@pytest.mark.parametrize("package", sorted(NETWORKS))
def test_networks_do_not_import_each_other(package: str):
    for path in (ROOT / "core" / package).rglob("*.py"):
        for name in imported(path):
            if name.startswith("core."):
                assert name.split(".")[1] in SHARED | {package}, f"{path.name} imports {name}"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_what_networks_share_imports_none_of_them(room: str):
    for path in (ROOT / "core" / room).rglob("*.py"):
        for name in imported(path):
            if name.startswith("core."):
                assert name.split(".")[1] not in NETWORKS | {"recipes"}, f"{path.name}: {name}"


@pytest.mark.parametrize("package", sorted(NETWORKS))
def test_a_model_knows_neither_its_training_nor_data(package: str):
    path = ROOT / "core" / package / "model.py"
    if not path.exists():
        pytest.skip("no model yet")
    for name in imported(path):
        assert not name.startswith((f"core.{package}.train", "core.data", "core.recipes"))
        assert name not in ("core.mnist.load", "core.mnist.Mnist", "core.mnist")


@every_file
def test_nothing_unpickles(path: Path):
    assert not {"pickle", "dill", "joblib", "shelve"} & {n.split(".")[0] for n in imported(path)}
    unsafe = {"torch.load", "torch.save", "np.load", "numpy.load", "eval", "exec"}
    assert not unsafe & set(called(path))
    assert "allow_pickle" not in path.read_text()


@every_file
def test_only_the_command_line_prints(path: Path):
    if path.name not in ("__main__.py", "app.py"):
        assert "print" not in set(called(path))


@every_file
def test_nothing_happens_at_import(path: Path):
    """Statements of a module define; they neither load, nor seed, nor launch."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            continue
        for call in _calls_at_import(node):
            assert not re.search(
                r"\b(load|download|fetch|manual_seed|launch|Thread|Runner|open|read_\w+)$", call
            ), call


def _calls_at_import(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield ast.unparse(node.func)
    for child in ast.iter_child_nodes(node):
        yield from _calls_at_import(child)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_handler_has_few_parameters_after_the_request(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [*node.args.posonlyargs, *node.args.args]
            names = [
                each.arg for each in given if ast.unparse(each.annotation or node) == "Request"
            ]
            if names == ["request"]:
                assert len(node.args.kwonlyargs) <= 5, node.name
                assert node.args.kwarg is None is node.args.vararg, node.name


@every_file
def test_a_file_says_what_it_is_for(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def run(program: str, *flags: str) -> None:
    """A fresh interpreter that finds the packages from anywhere."""
    done = subprocess.run(
        [sys.executable, *flags, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]


def test_core_imports_without_gradio_and_leaves_no_trace():
    run(
        """
import random, sys
import numpy, torch
numbers = random.getstate(), str(numpy.random.get_state()), torch.get_rng_state()
import threading
threads = threading.active_count()
sys.modules["gradio"] = None  # importing it would fail
import core.__main__, core.execution.runner, core.execution.worker, core.training.archive
after = random.getstate(), str(numpy.random.get_state()), torch.get_rng_state()
assert numbers[:2] == after[:2] and torch.equal(numbers[2], after[2]), "something is seeded"
assert threading.active_count() == threads, "something is launched"
assert not torch.cuda.is_initialized()
assert "sklearn" not in sys.modules and "torchvision" not in sys.modules, "a slow import"
""",
        "-W",
        "error",
    )


@pytest.mark.skipif(not APP, reason="no app yet")
def test_a_training_process_does_not_import_gradio():
    """It runs the app's module anew, under another name, before it trains."""
    run(
        """
import runpy, sys
import core.execution.worker
runpy.run_path("app.py", run_name="__mp_main__")
assert "gradio" not in sys.modules and "pages" not in sys.modules
"""
    )


def test_every_problem_has_its_sentence():
    raised = set()
    for path in [*CORE, *PAGES, *APP]:
        text = path.read_text()
        raised |= set(re.findall(r'(?:Problem|Unavailable)\(\s*"([^"]+)"', text))
    assert raised
    assert raised <= SENTENCES.keys()
    assert SENTENCES.keys() - raised == set(), "a sentence that nothing says"
    for sentence in SENTENCES.values():
        assert "\n" not in sentence
        assert len(sentence) < 120
