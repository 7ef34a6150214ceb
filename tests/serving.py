"""Starts the app as a visitor would get it, for the tests and benchmarks that talk to it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import psutil

ROOT = Path(__file__).parents[1]
# The shell has no window of its own, which saves a fifth of a visit's processor time.
CHROMIUM = which("chromium-headless-shell") or which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[str]:
    """The address of an app.py running in a process of its own."""
    with answering("app.py", "--no-browser", *arguments, "--port", **environment) as address:
        yield address


@contextmanager
def answering(*command: str, **environment: str) -> Iterator[str]:
    """The address at which a Python program answers; its last argument is to be the port."""
    port = free_port()
    app = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, app)
        yield address
    finally:
        app.terminate()
        app.wait(30)


def wait_for(
    address: str,
    app: subprocess.Popen | psutil.Popen,
    seconds: float = 120,
    pause: float = 0.2,
) -> None:
    """Return once something answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if app.poll() is not None:
            raise RuntimeError(f"the app ended with code {app.returncode}")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(pause)
    raise TimeoutError(f"nothing answers at {address}")
