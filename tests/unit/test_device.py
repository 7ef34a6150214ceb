"""Choice of the device, and errors of its memory."""

import pytest
import torch

from core import device
from core.errors import Problem


def refusal(name: str) -> str:
    with pytest.raises(Problem) as caught:
        device.choose(name)
    return caught.value.key


def test_choice_of_a_device(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NETLAB_DEVICE", raising=False)
    assert device.choose("CPU").type == "cpu"
    assert device.choose().type in device.NAMES
    monkeypatch.setenv("NETLAB_DEVICE", "cpu")
    assert device.choose().type == "cpu"
    monkeypatch.setenv("NETLAB_DEVICE", "tpu")
    with pytest.raises(Problem):
        device.choose()
    assert device.choose("cpu").type == "cpu"


def test_missing_and_unknown_devices(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert refusal("gpu") == "device.unknown"
    assert refusal("cuda") == "device.missing"
    assert refusal("mps") == "device.missing"
    assert device.choose("auto").type == "cpu"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory"),
        (RuntimeError("MPS backend out of memory"), "device.memory"),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), "device.memory"),
    ],
)
def test_errors_of_memory_become_problems(error: Exception, key: str):
    with pytest.raises(Problem) as caught, device.memory_problems(torch.device("cpu")):
        raise error
    assert caught.value.key == key


def test_other_errors_are_raised_unchanged():
    with pytest.raises(RuntimeError, match="shapes"), device.memory_problems(torch.device("cpu")):
        raise RuntimeError("shapes differ")
