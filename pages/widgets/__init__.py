"""Views that know no network: they take plain data, draw it in the browser, and emit events.

Each widget is a factory and an ES module: `cloud.py` and `js/cloud.js`, and so on. A module exports
`mount(widget)`; `js/widget.js` says what it is given, and `js/widgets.css` holds the look of all.
A handler updates a widget in two ways:

- the main data of digits, player and chart is the `value`: return it plainly, or as
  `gr.update(value=…)`;
- everything else is a property: `gr.update(marker={"x": 1, "y": 0, "z": 2})` sends the marker
  alone. "Nothing" is `{}` or `[]`, never `None`: Gradio drops a `None` from an update. `words`
  holds the visible words, in whatever language the page is in.

The app that serves the page must contain `modules_route()`, under which the browser imports the
modules. Its path contains a hash of all files, so that relative imports between modules are
versioned as well, and a browser may keep each file forever.

Three facts about `gr.HTML` (6.31) matter here. An update *replaces* the properties that Gradio
keeps for a component which is not on the page (a tab never opened), so that all others are lost:
what never changes is therefore written into `js_on_load` as a constant, and a widget that appears
without its properties asks the server for them once (`whole`), whose session has them all. A class
derived from `gr.HTML` makes Gradio write a stub file beside the source: these are plain instances.
Any quoted word in `js_on_load` counts as an event of the component, and an update of a property of
the same name would fail: of what the modules quote, only the events are written there.
"""

import base64
import functools
import hashlib
import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr
import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pages.gradio_compat.session_properties import session_properties
from pages.text import known, section
from pages.widgets.colours import THEMES

JS = Path(__file__).parent / "js"
IMPORT = re.compile(r'^(?:import|\} from) (?:.* from )?"\./(\w+\.js)";$', re.MULTILINE)
EVENT = re.compile(r'trigger\(\s*"(\w+)"')
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


def _files() -> list[Path]:
    return sorted([*JS.glob("*.js"), *JS.glob("*.css")])


@functools.cache
def _folder() -> str:
    """The path under which the modules are served."""
    version = hashlib.sha1(b"".join(map(Path.read_bytes, _files())), usedforsecurity=False)
    return f"/widgets/{version.hexdigest()[:12]}/"


def modules_route() -> Route:
    """The route that serves the modules, for `app_kwargs={"routes": [...]}` of Gradio's launch."""
    served = {path.name: path for path in _files()}

    async def serve(request: Request) -> Response:
        path = served.get(request.path_params["name"])
        return FileResponse(path, headers=FOREVER) if path else Response(status_code=404)

    return Route(_folder() + "{name}", serve)


@functools.cache
def _modules(name: str) -> tuple[str, ...]:
    """A module and all that it imports, itself last."""
    imported = IMPORT.findall((JS / name).read_text(encoding="utf-8"))
    return tuple(dict.fromkeys([*(m for file in imported for m in _modules(file)), name]))


@functools.cache
def _events(modules: tuple[str, ...]) -> list[str]:
    """The events that these modules fire."""
    scripts = ((JS / module).read_text(encoding="utf-8") for module in modules)
    return sorted({event for script in scripts for event in EVENT.findall(script)})


@functools.cache
def _plotly() -> str:
    """The path, quoted for a URL, of plotly.js, which Gradio serves from now on."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("The charts need the package plotly: pip install plotly")
    script = Path(found.origin).parent / "package_data" / "plotly.min.js"
    gr.set_static_paths([script])
    return quote(script.resolve().as_posix(), safe="/:")


@functools.cache
def _loader() -> str:
    lines = (JS / "on_load.js").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//"))


def view(
    name: str,
    markup: str,
    options: dict[str, Any] | None = None,
    plotly: bool = False,
    value: Any = None,
    serves: Sequence[Callable[..., Any]] = (),
    **properties: Any,
) -> gr.HTML:
    """A widget: the module js/NAME.js on a piece of markup.

    markup: one element of the class "nl". options: constants for the module. plotly: whether it
    draws with plotly.js. serves: functions of one argument that it may call, by name. properties:
    what may be updated, apart from `value`.
    """
    # The browser takes `start` from the first and `mount` from the last.
    modules = tuple(dict.fromkeys(["widget.js", *_modules("widget.js"), *_modules(f"{name}.js")]))
    constants = {
        "folder": _folder(),
        "modules": modules,
        "events": _events(modules),
        "colours": THEMES,
        "options": options or {},
        "plotly": _plotly() if plotly else "",
    }
    component: gr.HTML

    def whole(language: Any = None) -> dict[str, Any]:
        """All properties as this visitor's session knows them, the words in a language."""
        props = session_properties(component)
        spoken = section(component.props["section"], known(language)) or props.get("words", {})
        return props | {"words": spoken}

    component = gr.HTML(
        value,
        html_template=markup,
        js_on_load=f"const widget = {json.dumps(constants)};\n{_loader()}",
        server_functions=[whole, *serves],
        apply_default_css=False,
        whole=True,
        section="",
        **properties,
    )
    return component


def pack(values: Any) -> str:
    """Numbers as base64 of little-endian float32, which the widgets take wherever they take a list.

    A quarter of the bytes of JSON, and Gradio compares and copies it as one string rather than
    number by number.
    """
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")
