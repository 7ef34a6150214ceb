"""The properties of a component as the session of the calling visitor knows them.

Uses: `gradio.context.LocalContext.blocks_config`, its `blocks` by component number, and the
attribute `props` of `gr.HTML`.
Why: an update of a `gr.HTML` that is not mounted replaces all properties that the page keeps for
it. A view that is mounted later asks the server for its properties.
Written for: Gradio 6.31.0.
No longer needed: when an update keeps the properties it does not name.
If Gradio changes: such a view has only the properties that it was built with, or stays empty.
"""

from typing import Any

import gradio as gr
from gradio.context import LocalContext


def session_properties(component: gr.HTML) -> dict[str, Any]:
    """Its properties after all updates of this session. Call this inside an event handler."""
    session = LocalContext.blocks_config.get(None)
    current = session.blocks.get(component._id, component) if session else component
    return {**component.props, **current.props}  # type: ignore[attr-defined]
