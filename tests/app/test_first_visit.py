"""Sections that compute nothing before somebody looks at them."""

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from pages.app.first_visit import once_seen
from pages.app.lab import name_of


def double(lab: Any, value: int, visitor: str, language: str) -> list[int]:
    return [value, value]


@pytest.mark.parametrize("outputs", [1, 2])
def test_nothing_is_computed_before_the_first_look(outputs):
    wired = []
    lab: Any = SimpleNamespace(on=lambda *given, **_: wired.append(given))
    seen, value, event = gr.State(False), gr.State(3), gr.State(0).change
    shown = [gr.State(None) for _ in range(outputs)]
    once_seen(lab, seen, [event], double, [value], shown)
    [(events, follow, inputs, heard)] = wired
    assert events == [seen.change, event] and inputs == [seen, value] and heard == shown
    assert name_of(follow) == name_of(double)
    assert follow(lab, True, 3, "", "en") == [3, 3]
    nothing = follow(lab, False, 3, "", "en")
    assert nothing == (gr.skip() if outputs == 1 else [gr.skip()] * outputs)
