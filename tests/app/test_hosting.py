"""The lab as it is hosted: its options, its health, its log, and what a Space wants of it."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from gradio_client import Client
from huggingface_hub import SpaceCard

from tests.serving import ROOT, free_port, wait_for


class DeviceApi(BaseHTTPRequestHandler):
    """What a ZeroGPU Space reports to, as far as starting goes."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def hosted(tmp_path_factory) -> Iterator[tuple[str, subprocess.Popen, Path]]:
    """A lab on a ZeroGPU Space, with a password and a log: its address, its process, its log."""
    port, written = free_port(), tmp_path_factory.mktemp("hosted") / "log"
    with HTTPServer(("127.0.0.1", 0), DeviceApi) as api, written.open("w") as log:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        settings = {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": f"http://127.0.0.1:{api.server_port}",
            "NETLAB_PASSWORD": "open sesame",
            "NETLAB_LOG": "1",
        }
        app = subprocess.Popen(
            [sys.executable, "app.py", "--no-browser", "--port", str(port)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log, env=os.environ | settings,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(f"{address}health", app)
            yield address, app, written
        finally:
            app.terminate()
            app.wait(30)
            api.shutdown()


@pytest.fixture(scope="module")
def client(hosted) -> Client:
    return Client(hosted[0], auth=("anybody", "open sesame"), verbose=False)


def fetch(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_health_needs_no_password(hosted):
    status, said = fetch(f"{hosted[0]}health")
    assert status == 200
    assert json.loads(said) == {"status": "ok"}


def test_the_password_lets_in_under_any_name(hosted, client):
    assert fetch(f"{hosted[0]}gradio_api/info")[0] == 401
    with pytest.raises(Exception, match=r"credentials|login"):
        Client(hosted[0], auth=("teacher", "sesame"), verbose=False)
    assert client.predict("The cat sleeps.", api_name="/translate")["french"]


def test_a_zero_gpu_space_is_told_that_it_started(hosted):
    assert DeviceApi.asked == ["/startup-report"]


def test_the_front_matter_is_what_a_space_takes():
    card: Any = SpaceCard((ROOT / "README.md").read_text(encoding="utf-8")).data
    pinned = (ROOT / "requirements.txt").read_text().split()
    assert card.sdk == "gradio" and f"gradio=={card.sdk_version}" in pinned
    assert (ROOT / card.app_file).is_file() and len(card.short_description) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {card.colorFrom, card.colorTo} <= colours
    assert re.fullmatch(r"3\.1[12]", str(card.python_version))


def test_the_log_names_what_was_asked_and_not_what_was_typed(hosted, client):
    secret, written = "Meine geheime Katze", hosted[2]
    name = "translation.api.Verbs.translate "
    before = written.read_text().count(name)
    client.predict(secret, api_name="/translate")
    with pytest.raises(Exception, match=r"empty|Type"):
        client.predict("", api_name="/translate")
    said = written.read_text()
    assert said.count(name) == before + 2 and " ms\n" in said
    assert secret not in said and "Traceback" not in said


def test_it_ends_when_it_is_asked_to(hosted):
    began = time.monotonic()
    hosted[1].terminate()
    assert hosted[1].wait(30) == 0 and time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--port", "x"], "--port"), (["--colour"], "--colour"), (["--device", "tpu"], "tpu")],
)
def test_a_wrong_option_is_said_in_a_line(words, said):
    done = subprocess.run(
        [sys.executable, "app.py", "--no-browser", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr
