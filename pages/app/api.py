"""The named endpoints of a tab: one for each public method of an object."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import gradio as gr
import numpy as np

from pages.app.errors import reported
from pages.app.lab import Lab
from pages.app.request import Request
from pages.text import DEFAULT

Numbers = list[float]


def register(lab: Lab, verbs: object) -> None:
    """Make every public method an endpoint of its name; its docstring is the documentation.

    A method whose first parameter is `request` is given one, without a visitor, in English.
    """
    for name in vars(type(verbs)):
        if not name.startswith("_"):
            gr.api(  # type: ignore[attr-defined]
                endpoint(lab, getattr(verbs, name)), api_name=name
            )


def endpoint(lab: Lab, verb: Callable[..., Any]) -> Callable[..., Any]:
    """A verb as Gradio calls it: its problems reach the caller as one English sentence."""
    signature = inspect.signature(verb)
    takes_request = next(iter(signature.parameters), "") == "request"
    first = [Request(lab, "", DEFAULT)] if takes_request else []

    @wraps(verb)
    def answer(*args: Any, **named: Any) -> Any:
        with reported(verb, DEFAULT, lab.device):
            return verb(*first, *args, **named)

    if takes_request:
        parameters = [*signature.parameters.values()][1:]
        answer.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        answer.__annotations__ = {k: v for k, v in verb.__annotations__.items() if k != "request"}
    return answer


def numbers(array: np.ndarray) -> Numbers:
    """An array as nested lists, rounded to six decimals."""
    return np.round(array.astype(float), 6).tolist()
