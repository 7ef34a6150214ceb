"""What the handlers' tests share."""

from collections.abc import Iterator

import pytest
import torch

from core.execution.runner import Runner
from pages.app.lab import Lab


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A lab with the shipped networks, and nobody in it."""
    with Runner() as runner:
        yield Lab(torch.device("cpu"), runner)
