"""The lab behind nginx in Chromium: under a path, and two of them behind one address."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from tests.browser.visiting import CUT_STREAM, open_tab, press, visit
from tests.serving import ROOT, free_port, serving, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx would be needed"),
]
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fast; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {server}
}}
"""
UNDER_A_PATH = """
server {
  listen 80;
  location /netlab/ {
    proxy_pass http://127.0.0.1:7860/;
    proxy_buffering off;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
  }
}
"""


@contextmanager
def proxied(server: str, labs: list[str], folder: Path) -> Iterator[str]:
    """nginx in front of labs that its settings call 7860 and so on: the address there."""
    port = free_port()
    server = server.replace("listen 80;", f"listen 127.0.0.1:{port};")
    for number, lab in enumerate(labs, 7860):
        server = server.replace(f"127.0.0.1:{number}", lab.removeprefix("http://").rstrip("/"))
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, server=server))
    nginx = subprocess.Popen(["nginx", "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        wait_for(address, nginx)
        yield address
    finally:
        nginx.terminate()
        nginx.wait(10)


def test_behind_a_proxy_under_a_path(tmp_path, browser):
    with (
        serving("--root-path", "/netlab") as lab,
        proxied(UNDER_A_PATH, [lab], tmp_path) as above,
    ):
        address = f"{above}netlab/"
        client = Client(address, verbose=False)
        assert client.predict("The cat sleeps.", api_name="/translate")["french"]
        with visit(browser, address) as page:
            page.locator(".nl-piece:visible").first.wait_for()
            open_tab(page, "Autoencoder")
            page.locator(".js-plotly-plot:visible, .nl-cloud:visible canvas").first.wait_for()


def test_two_labs_behind_one_address_keep_their_visitors(tmp_path, browser, address):
    server = (ROOT / "docs" / "nginx.conf").read_text()
    with (
        serving() as second,
        proxied(server, [address, second], tmp_path) as above,
    ):
        seen = set()
        for _ in range(12):
            with httpx.Client() as visitor:
                labs = {visitor.get(above, timeout=30).headers["X-Lab"] for _ in range(3)}
                assert len(labs) == 1
                seen |= labs
        assert len(seen) == 2
        training = "&tab=autoencoder&at=train"
        with visit(browser, above, query=training, forgiven=CUT_STREAM) as page:
            page.locator(".status:visible p", has_text="Choose the settings").wait_for()
            press(page, "Train")
            page.locator(".status:visible p", has_text="Step").wait_for()
            press(page, "Stop")
            page.get_by_role("radio", name="My network").wait_for()
            page.reload()
            page.get_by_role("radio", name="My network").wait_for()
