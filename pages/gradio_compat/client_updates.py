"""Writes the update that a `js` function of an event returns for its outputs.

Uses: the key `__type__` with the value "update", by which the front end tells an update from a
value. `gr.update` produces the same dictionary, but the front-end side is not documented.
Why: the browser can hide a component at once, without a round trip to the server.
Written for: Gradio 6.31.0.
No longer needed: when Gradio documents how a `js` function updates properties.
If Gradio changes: the outputs receive the dictionary as their value.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def updates_js(updates: Sequence[Mapping[str, Any]]) -> str:
    """A function without parameters that returns one update for each output."""
    return f"() => {json.dumps([{'__type__': 'update', **update} for update in updates])}"
