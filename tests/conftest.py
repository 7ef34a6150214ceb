"""What all tests share: where the data are, and which tests need what this machine may lack."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core import data, mnist
from core.execution.runner import Runner
from core.mnist import Mnist
from tests.serving import CHROMIUM, serving

SHARED = Path(__file__).parents[2] / "shared" / "data"
if SHARED.is_dir():
    os.environ.setdefault("NETLAB_DATA", str(SHARED))


def pytest_configure() -> None:
    # The same figures whatever else runs, and no threads that wait for each other.
    torch.set_num_threads(1)


def pytest_runtest_setup(item: pytest.Item) -> None:
    folder = data.folder()
    there = all((folder / "mnist" / name).is_file() for name in mnist.FILES)
    if item.get_closest_marker("data") and not there:
        _missing("the MNIST files", required=folder.is_dir())
    texts = [*(f"multi30k/{name}" for name in data.MULTI30K), "tatoeba/fra-eng.zip"]
    if item.get_closest_marker("texts") and not all((folder / name).is_file() for name in texts):
        _missing("the files of Multi30k and Tatoeba", required=folder.is_dir())
    if item.get_closest_marker("browser") and not CHROMIUM:
        _missing("Chromium", required=True)


def _missing(what: str, required: bool) -> None:
    if required and os.environ.get("CI") == "true":
        pytest.fail(f"{what} must be there")
    pytest.skip(f"{what} would be needed")


@pytest.fixture(scope="session")
def small() -> Mnist:
    """A thousand digits to learn from and two hundred to test on, all of them training images."""
    known = mnist.at_hand()
    images, labels = known.train_images.split(1_000), known.train_labels.split(1_000)
    return Mnist(images[0], labels[0], images[1][:200], labels[1][:200], "few")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the lab answers, with a key for its teacher; each visit is a visitor of its own."""
    with serving("--teacher-key", "chalk") as address:
        yield address


@pytest.fixture
def runner() -> Iterator[Runner]:
    """A runner with room for two trainings."""
    with Runner(slots=2) as runner:
        yield runner
