"""Turns the errors of handlers into messages for the visitor, and logs them."""

import html
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
import torch

from core.device import memory_problems
from core.errors import Problem
from pages.text import explain, text

LOG = logging.getLogger("netlab")


def name_of(handler: Callable[..., Any]) -> str:
    """The name of a handler in the log: its module and its own name."""
    handler = getattr(handler, "func", handler)  # of a partial
    return f"{handler.__module__.removeprefix('pages.')}.{handler.__qualname__}"


@contextmanager
def reported(handler: Callable[..., Any], language: str, device: torch.device) -> Iterator[None]:
    """Raise every error inside as a `gr.Error` in the visitor's language; log name and duration.

    The log never has what a visitor typed, which the message of an error may quote.
    """
    name, began = name_of(handler), time.perf_counter()
    try:
        with memory_problems(device):
            yield
    except gr.Error:
        raise
    except Problem as problem:
        sentence = html.escape(explain(problem, language))  # may quote what was typed
        raise gr.Error(sentence, print_exception=False) from None
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        LOG.error("%s failed: %s\n%s", name, type(error).__name__, where)
        raise gr.Error(text("shell.unexpected", language), print_exception=False) from None
    finally:
        LOG.info("%s %.0f ms", name, 1000 * (time.perf_counter() - began))
