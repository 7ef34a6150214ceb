"""Skips an update of a component's event arguments that has no content.

Replaces: a call of the script `Blocks-*.js` that is made for each target of each event when the
page opens, although `event_args` is empty for most events.
Written for: Gradio 6.31.0.
No longer needed: when `python -m tests.benchmarks.first_look --without event_arguments` shows no
difference (median to a usable page: 1.68 s without it, 1.51 s with it).
If Gradio changes: the script is served unchanged, see `frontend_scripts`.
"""

from pages.gradio_compat.frontend_scripts import Replacement

REPLACEMENTS = (
    Replacement(
        "Blocks-",
        "this.set_event_args(e,t.event_args)",
        "Object.keys(t.event_args).length&&this.set_event_args(e,t.event_args)",
    ),
)
