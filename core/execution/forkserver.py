"""The server that trainings fork from: torch is loaded there once, for all of them."""

import multiprocessing
import os
from pathlib import Path
from typing import Any

# Windows has no server to fork from: there, every training loads torch for itself.
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
# The first optimiser step imports torch._dynamo.
PRELOAD = ["torch._dynamo", "core.execution.worker"]
ROOT = Path(__file__).parents[2]


def warm(context: Any) -> None:
    """Start the server of a multiprocessing context of that METHOD, if it has one."""
    if METHOD != "forkserver":
        return
    from multiprocessing import forkserver

    context.set_forkserver_preload(PRELOAD)
    # The server must find `core` from whatever folder the app was started in.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), before)))
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
