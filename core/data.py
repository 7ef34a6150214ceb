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

# Elliott, Frank, Sima'an and Specia 2016, "Multi30K: multilingual English-German image
# descriptions", with the French of Elliott et al. 2017; SHA-256 of each file.
MULTI30K = {
    "train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    "train.fr.gz": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
    "val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    "val.fr.gz": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
    "test_2016_flickr.en.gz": "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    "test_2016_flickr.fr.gz": "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    "test_2017_flickr.en.gz": "76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074",
    "test_2017_flickr.fr.gz": "3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496",
}
TATOEBA = {"fra-eng.zip": "94646ad1522d915e7b0f9296181140edcf86a4f5"}  # SHA-1


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
    kind, _, file = name.partition("/")
    if kind == "multi30k":
        home = "https://raw.githubusercontent.com/multi30k/dataset"
        editions = ("a3d2e0d26b56f3846f66a952536ffed4e401d05a", "master")
        addresses = tuple(f"{home}/{edition}/data/task1/raw/{file}" for edition in editions)
        return Source(addresses, "sha256", MULTI30K[file])
    if kind == "tatoeba":
        address = "http://d2l-data.s3-accelerate.amazonaws.com/"
        return Source((address + file,), "sha1", TATOEBA[file])
    from torchvision.datasets import MNIST  # a second to import, and only a download needs it

    digest = dict(MNIST.resources)[file]
    return Source(tuple(mirror + file for mirror in MNIST.mirrors), "md5", digest)


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
