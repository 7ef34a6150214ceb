"""Views that know no network: they take plain data, draw it in the browser, and emit events.

Each widget is a factory and an ES module: `cloud.py` and `js/cloud.js`, and so on. A module exports
`mount(widget)`; `js/widget.js` says what it is given, and `js/widgets.css` holds the look of all.
A handler updates a widget in two ways:

- the main data of digits, player and chart is the `value`: return it plainly, or as
  `gr.update(value=…)`;
- everything else is a property: `gr.update(marker={"x": 1, "y": 0, "z": 2})` sends the marker
  alone. "Nothing" is `{}` or `[]`, never `None`: Gradio drops a `None` from an update. `words`
  holds the visible words, in whatever language the page is in.

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
from pages.modules import files, import_js, with_imports
from pages.text import known, section
from pages.widgets.colours import THEMES

WIDGET = "widgets/js/widget.js"  # starts every widget
EVENT = re.compile(r'trigger\(\s*"(\w+)"')


@functools.cache
def _events(modules: tuple[str, ...]) -> list[str]:
    """The events that these modules fire."""
    scripts = (files()[module].read_text(encoding="utf-8") for module in modules)
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
    modules = with_imports(f"widgets/js/{name}.js")
    constants = {
        "modules": modules,
        "events": _events(with_imports(WIDGET) + modules),
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
        js_on_load=f"{import_js(WIDGET)}.then(({{ start }}) => start({json.dumps(constants)}, "
        "{ element, props, trigger, watch, server }))",
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
