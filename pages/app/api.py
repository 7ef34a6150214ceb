"""The named endpoints of a tab: one for each public method of an object."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from gradio.events import api

from pages.app.lab import Lab
from pages.text import DEFAULT

Numbers = list[float]


def register(lab: Lab, verbs: object) -> None:
    """Make every public method an endpoint with its name; its docstring is what callers read."""
    for name in vars(type(verbs)):
        if not name.startswith("_"):
            api(told(lab, getattr(verbs, name)), api_name=name)


def told(lab: Lab, verb: Callable[..., Any]) -> Callable[..., Any]:
    """A verb whose problems reach the caller as one English sentence."""

    @wraps(verb)
    def answer(*args: Any, **named: Any) -> Any:
        with lab.telling(DEFAULT, verb):
            return verb(*args, **named)

    return answer


def numbers(array: np.ndarray) -> Numbers:
    """An array as JSON takes it."""
    return np.round(array.astype(float), 6).tolist()
