"""Logs where an error inside Gradio happened, without the values that a visitor sent.

Patches: the name `traceback` in `gradio.queueing`, `gradio.routes` and `gradio.utils`.
Why: Gradio prints the whole exception, whose message may quote a visitor's input.
Written for: Gradio 6.31.0.
No longer needed: when Gradio reports its errors through `logging`, where they can be filtered.
If Gradio changes: the log shows the messages again, or Gradio calls a function that the
replacement lacks. The canary test checks both.
"""

import sys
import traceback
from logging import Logger
from types import SimpleNamespace

import gradio.queueing
import gradio.routes
import gradio.utils

MODULES = (gradio.queueing, gradio.routes, gradio.utils)


def log_without_messages(log: Logger) -> None:
    """Send the errors that Gradio would print to `log`."""

    def log_error() -> None:
        kind, _, where = sys.exc_info()
        lines = "".join(traceback.format_tb(where))
        log.error("gradio failed: %s\n%s", kind.__name__ if kind else "", lines)

    for module in MODULES:
        module.traceback = SimpleNamespace(  # type: ignore[attr-defined]
            print_exc=log_error, format_exc=lambda: ""
        )
