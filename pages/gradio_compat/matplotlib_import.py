"""Keeps Gradio from importing matplotlib.

Patches: `sys.modules["matplotlib"]`. With None in it an import raises ImportError, which Gradio
catches.
Why: Gradio chooses the backend of matplotlib around every answer
(`gradio.utils.MatplotlibBackendMananger`), if matplotlib is installed. Nothing here draws with it;
importing it takes 0.76 s, in the event loop of the server, and 29 MB.
Written for: Gradio 6.31.0.
No longer needed: when a running lab does not import matplotlib without this patch.
If Gradio changes: an answer raises ModuleNotFoundError, where Gradio no longer catches it.
"""

import sys


def block_matplotlib() -> None:
    """Make every later import of matplotlib fail; one that is loaded already stays."""
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
