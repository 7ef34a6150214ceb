"""Finds data files, fetches what is missing and checks it against its published hash.

Files live under the folder that NETLAB_DATA names (default `data/`). Nothing is fetched at import.
"""

import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import Problem

CONNECT_SECONDS = 3  # gives up connecting after this long, so that the page never waits
CHUNK = 1 << 16


class Unavailable(Problem):
    """A file that is not here and could not be had; whoever asked may fall back to another."""


@dataclass(frozen=True)
class Source:
    """Where a file is published: its addresses in order of trial, and its hash."""

    addresses: tuple[str, ...]
    algorithm: str
    digest: str


def source(name: str) -> Source:
    """Where a data file such as "mnist/t10k-images-idx3-ubyte.gz" is published."""
    from torchvision.datasets import MNIST  # a second to import, and only a download needs it

    stem = name.removeprefix("mnist/")
    digest = dict(MNIST.resources)[stem]
    return Source(tuple(mirror + stem for mirror in MNIST.mirrors), "md5", digest)


def folder() -> Path:
    """The data folder: NETLAB_DATA, else `data/` beside the packages."""
    default = Path(__file__).parent.parent / "data"
    return Path(os.environ.get("NETLAB_DATA") or default)


def find(name: str, download: bool = True) -> Path:
    """The path of a data file such as "mnist/train-images-idx3-ubyte.gz", fetched if missing.

    Raises `Unavailable` where it is neither here nor to be had.
    """
    path = folder() / name
    if path.is_file():
        return path
    if not download:
        raise Unavailable("data.refused", file=name, reason="downloading is switched off.")
    return fetch(source(name), path)


def fetch(source: Source, path: Path) -> Path:
    """Download a file, check its hash, and only then put it in its place.

    Raises `Unavailable` for a refused or torn download, a wrong hash, or a folder that cannot be
    written to. None of them leaves a part of a file behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    except OSError:
        raise Unavailable("data.folder", folder=str(path.parent)) from None
    problem = None
    try:
        with os.fdopen(handle, "wb") as file:
            for address in source.addresses:
                file.seek(0)
                file.truncate()
                try:
                    _download(address, source, file, path.name)
                except Unavailable as error:
                    problem = error
                    continue
                file.flush()
                Path(temporary).chmod(0o644)
                Path(temporary).replace(path)
                return path
    finally:
        Path(temporary).unlink(missing_ok=True)
    assert problem is not None, "a source has at least one address"
    raise problem


def _download(address: str, source: Source, file: BinaryIO, name: str) -> None:
    digest = hashlib.new(source.algorithm, usedforsecurity=False)
    got, expected = 0, None
    try:
        with urllib.request.urlopen(address, timeout=CONNECT_SECONDS) as response:
            expected = response.headers.get("Content-Length")
            while chunk := response.read(CHUNK):
                digest.update(chunk)
                file.write(chunk)
                got += len(chunk)
    # A server that breaks off or talks nonsense, a name that is unknown, a disk that is full.
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        if got:
            raise Unavailable("data.torn", file=name, got=got) from None
        reason = " ".join(str(getattr(error, "reason", error)).split())[:100]
        raise Unavailable("data.refused", file=name, reason=reason) from None
    if expected is not None and got != int(expected):
        raise Unavailable("data.torn", file=name, got=got)
    if digest.hexdigest() != source.digest:
        raise Unavailable("data.hash", file=name)
