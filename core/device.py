"""Which device PyTorch computes on."""

import os
from contextlib import contextmanager

import torch

from core.errors import Problem

NAMES = ("auto", "cpu", "cuda", "mps")


def choose(name: str | None = None) -> torch.device:
    """The device called `name`, else by NETLAB_DEVICE, else the best there is.

    Raises `Problem` for an unknown name or a device that this machine does not have.
    """
    name = (name or os.environ.get("NETLAB_DEVICE") or "auto").lower()
    if name not in NAMES:
        raise Problem("device.unknown", name=name)
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if there[kind]))
    if not there[name]:
        raise Problem("device.missing", name=name)
    return torch.device(name)


@contextmanager
def memory_problems(device: torch.device):
    """Turn running out of memory, on the device or the machine, into a `Problem`."""
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        raise Problem("device.memory", device=device.type) from error
    except MemoryError as error:
        raise Problem("memory") from error
    except RuntimeError as error:
        # The CPU allocator and MPS raise a bare RuntimeError.
        if "can't allocate memory" in str(error):
            raise Problem("memory") from error
        if "out of memory" in str(error):
            raise Problem("device.memory", device=device.type) from error
        raise
