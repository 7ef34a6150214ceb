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
from typing import ClassVar

import pytest
from gradio_client import Client
from huggingface_hub import SpaceCard

from tests.serving import ROOT, free_port, serving, wait_for


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The address of a lab that asks for a password."""
    with serving(NETLAB_PASSWORD="open sesame") as address:
        yield address


def fetch(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_health_needs_no_password(guarded):
    status, said = fetch(f"{guarded}health")
    assert status == 200
    assert json.loads(said) == {"status": "ok"}


def test_the_password_lets_in_under_any_name(guarded):
    assert fetch(f"{guarded}gradio_api/info")[0] == 401
    with pytest.raises(Exception, match=r"credentials|login"):
        Client(guarded, auth=("teacher", "sesame"), verbose=False)
    client = Client(guarded, auth=("anybody", "open sesame"), verbose=False)
    assert client.predict("The cat sleeps.", api_name="/translate")["french"]


class DeviceApi(BaseHTTPRequestHandler):
    """What a ZeroGPU Space reports to, as far as starting goes."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_it_starts_on_a_zero_gpu_space():
    with HTTPServer(("127.0.0.1", 0), DeviceApi) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{api.server_port}"
        with serving(SPACES_ZERO_GPU="true", SPACES_ZERO_DEVICE_API_URL=there) as address:
            client = Client(address, verbose=False)
            assert client.predict("The cat sleeps.", api_name="/translate")["french"]
        api.shutdown()
    assert DeviceApi.asked == ["/startup-report"]


def test_the_front_matter_is_what_a_space_takes():
    card = SpaceCard((ROOT / "README.md").read_text(encoding="utf-8")).data
    pinned = (ROOT / "requirements.txt").read_text().split()
    assert card.sdk == "gradio" and f"gradio=={card.sdk_version}" in pinned
    assert (ROOT / card.app_file).is_file() and len(card.short_description) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {card.colorFrom, card.colorTo} <= colours
    assert re.fullmatch(r"3\.1[12]", str(card.python_version))


def test_the_log_names_what_was_asked_and_not_what_was_typed(tmp_path):
    port, secret = free_port(), "Meine geheime Katze"
    written = tmp_path / "log"
    with written.open("w") as file:
        app = subprocess.Popen(
            [sys.executable, "app.py", "--no-browser", "--log", "--port", str(port)],
            cwd=ROOT, stderr=file, stdout=subprocess.DEVNULL, env=os.environ,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(address, app)
            client = Client(address, verbose=False)
            client.predict(secret, api_name="/translate")
            with pytest.raises(Exception, match=r"empty|Type"):
                client.predict("", api_name="/translate")
        finally:
            began = time.monotonic()
            app.terminate()
            code = app.wait(30)
    said = written.read_text()
    assert said.count("translation.api.Verbs.translate ") == 2 and " ms\n" in said
    assert secret not in said and "Traceback" not in said
    assert code == 0 and time.monotonic() - began < 30


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
