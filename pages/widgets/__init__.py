"""Views that know no network: they take plain data, draw it in the browser, and emit events.

Each view is a factory beside its script: `cloud.py` and `cloud.js`, and so on. `common.js` holds
what the scripts share, `widgets.css` their look, and `load.js` brings them into the page. A handler
updates a view in two ways:

- the main data of digits, player and chart is the `value`: return it plainly, or as
  `gr.update(value=…)`;
- everything else is a property: `gr.update(marker={"x": 1, "y": 0, "z": 2})` sends the marker
  alone. "Nothing" is `{}` or `[]`, never `None`: gradio drops a `None` from an update. `words`
  holds the visible words, in whatever language the page speaks.

Three facts about `gr.HTML` (6.31) shape this file. An update *replaces* the properties that gradio
keeps for a component which is not on the page (a tab never opened), so that all others are lost:
what never changes is therefore written into the script as a constant, and a view that appears
without its properties asks the server for them once (`whole`), whose session has them all. A class
derived from `gr.HTML` makes gradio write a stub file beside the source: these are plain instances.
Any quoted word in the script of a component counts as its event, and an update of a property of the
same name would fail: of what the script files quote, only the events are written there.
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

from pages.gradio_compat.session_properties import session_properties
from pages.text import known, section
from pages.widgets.colours import THEMES

HERE = Path(__file__).parent


@functools.cache
def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _events(script: str) -> list[str]:
    return re.findall(r'trigger\("(\w+)"', _read(script))


@functools.cache
def _served() -> tuple[str, str]:
    """The folder of the scripts, as part of a URL, handed out from now on, and their version."""
    files = sorted([*HERE.glob("*.js"), HERE / "widgets.css"])
    gr.set_static_paths([*files])
    version = hashlib.sha1(b"".join(map(Path.read_bytes, files)), usedforsecurity=False)
    return _in_url(HERE), version.hexdigest()[:12]


@functools.cache
def _plotly() -> str:
    """The path, as part of a URL, under which this server hands out plotly.js."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("The charts need the package plotly: pip install plotly")
    script = Path(found.origin).parent / "package_data" / "plotly.min.js"
    gr.set_static_paths([script])
    return _in_url(script)


def _in_url(path: Path) -> str:
    return quote(path.resolve().as_posix(), safe="/:")


def view(
    name: str,
    markup: str,
    options: dict[str, Any] | None = None,
    parts: tuple[str, ...] = (),
    plotly: bool = False,
    value: Any = None,
    serves: Sequence[Callable[..., Any]] = (),
    **properties: Any,
) -> gr.HTML:
    """A widget: the script NAME.js on a piece of markup.

    options: constants of the script. parts: scripts that NAME.js builds upon. plotly: whether it
    draws with plotly.js. serves: functions of one argument that the script may call, by name.
    properties: what may be updated, apart from `value`.
    """
    scripts = [f"{part}.js" for part in ("common", *parts, name)]
    folder, version = _served()
    constants = {
        "folder": folder,
        "version": version,
        "files": ["widgets.css", *scripts],
        "events": sorted({event for script in scripts for event in _events(script)}),
        "colours": THEMES,
        "options": options or {},
        "plotly": _plotly() if plotly else "",
    }
    script = f"const NETLAB = {json.dumps(constants)};\n{_read('load.js')}"
    component: gr.HTML

    def whole(language: Any = None) -> dict[str, Any]:
        """All properties as this visitor's session knows them, the words in a language."""
        props = session_properties(component)
        # (An update makes what the session keeps anew, from what the constructor was given.)
        spoken = section(component.props["section"], known(language)) or props.get("words", {})
        return props | {"words": spoken}

    component = gr.HTML(
        value,
        html_template=markup,
        js_on_load=script,
        server_functions=[whole, *serves],
        apply_default_css=False,
        whole=True,
        section="",
        **properties,
    )
    return component


def pack(values: Any) -> str:
    """Numbers as base64 of little-endian float32, which the views take wherever they take a list.

    A quarter of the bytes of JSON, and gradio compares and copies it as one string rather than
    number by number.
    """
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")
