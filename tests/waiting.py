"""Waiting for what happens in another process, however slow the machine is."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 180) -> None:
    """Wait for something to be true. Raises `AssertionError` where it never is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
