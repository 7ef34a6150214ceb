"""Puts the first page into the visitor's language before Gradio renders it.

Uses: the global `window.gradio_config.components`, which the page sets before Gradio's script
runs: the `id` of each component and its `props`; `props.props` of a `gr.HTML`.
Why: the page is rendered in English. An event that changes the language afterwards shows English
first, for seconds on a slow machine. `gr.I18n` cannot be switched in the page, and does not reach
`gr.HTML`.
Written for: Gradio 6.31.0.
No longer needed: when the language of `gr.I18n` can be set by the page and reaches `gr.HTML`.
If Gradio changes: the first page is in English.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent / "js" / "initial_language.js"


def language_script(language: str, properties: Mapping[int, Mapping[str, Any]]) -> bytes:
    """A script that sets the language of the document and properties of its components.

    properties: by the number of the component; `words` are a property of a `gr.HTML`.
    """
    # No "<" inside, which could end the script.
    table = json.dumps(properties, ensure_ascii=False).replace("<", "\\u003c")
    call = f'setLanguage("{language}", {table});'
    return f'<script type="module">{SCRIPT.read_text("utf-8")}{call}</script>'.encode()
