"""How events reach handlers: by name, checked when they are connected."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import gradio as gr
import pytest

from core.errors import Problem
from pages.app.api import endpoint
from pages.app.request import Request

VISITOR = "v" * 32


class Page:
    """Stands for Gradio's page: keeps what an event was connected with."""

    def __init__(self, lab: Any):
        self.on = lab.events.on
        lab.events.visitor = gr.State("")
        lab.events.language = gr.State("en")

    def event(self, answer: Any, inputs: Any, outputs: Any, **options: Any) -> None:
        self.answer, self.inputs, self.outputs, self.options = answer, inputs, outputs, options

    def call(self, *values: Any) -> Any:
        return self.answer(*values, VISITOR, "zh")


@pytest.fixture
def page(lab):
    return Page(lab)


def double(request: Request, *, value: int, settings: dict[str, int]) -> dict[str, Any]:
    if value < 0:
        raise Problem("training.none")
    assert (request.visitor, request.language) == (VISITOR, "zh")
    return {"value": 2 * value, "controls": {"b": settings["b"]}}


def test_inputs_and_outputs_go_by_name(page, lab):
    value, a, b = gr.State(0), gr.State(0), gr.State(0)
    settings = {"a": a, "b": b}
    outputs = {"note": gr.State(""), "value": value, "controls": settings}
    page.on(page.event, double, {"value": value, "settings": settings}, outputs)
    assert page.inputs == [value, a, b, lab.events.visitor, lab.events.language]
    assert page.outputs == [outputs["note"], value, a, b]
    assert page.call(3, 4, 5) == [gr.skip(), 6, gr.skip(), 5], "what is left out stays"


def test_a_problem_changes_nothing(page, monkeypatch):
    told = []
    monkeypatch.setattr(gr, "Warning", told.append)
    one, two = gr.State(0), gr.State(0)
    outputs = {"value": one, "controls": {"b": two}}
    page.on(page.event, double, {"value": one, "settings": {"b": two}}, outputs)
    assert page.call(-1, 0) == [gr.skip()] * 2
    assert len(told) == 1 and any("\u4e00" <= letter <= "\u9fff" for letter in told[0])


def test_one_output_is_the_plain_value(page):
    def shown(request: Request, *, values: list[int]) -> int:
        return sum(values)

    target = gr.State(0)
    page.on(page.event, shown, {"values": [gr.State(1), gr.State(2)]}, target)
    assert page.outputs == [target] and page.call(1, 2) == 3


def test_nothing_is_computed_before_the_first_visit(lab):
    def shown(request: Request, *, value: int) -> dict[str, int]:
        return {"a": value, "b": value}

    async def build() -> gr.Blocks:
        with gr.Blocks() as blocks:
            lab.events.visitor, lab.events.language = gr.State(""), gr.State("en")
            value = gr.State(3)
            targets = {"a": gr.State(0), "b": gr.State(0)}
            inputs = {"value": value}
            lab.events.on(value.change, shown, inputs, targets, after=gr.State(False))
        return blocks

    # Outside a running event loop gradio opens loops of its own and never closes them.
    [connection] = asyncio.run(build()).fns.values()
    assert len(connection.targets) == 2, "the first visit and the change"
    answer: Any = connection.fn
    assert answer(True, 3, VISITOR, "en") == [3, 3]
    assert answer(False, 3, VISITOR, "en") == [gr.skip()] * 2


def test_what_a_widget_sends_goes_by_name(page):
    def picked(request: Request, *, index: int, value: int) -> int:
        return index + value

    page.on(page.event, picked, {"value": gr.State(1)}, gr.State(0), data=["index"])
    assert page.answer(gr.EventData(None, {"index": 4}), 1, VISITOR, "en") == 5


def test_a_stream_yields_by_name(page):
    async def count(request: Request, *, value: int) -> AsyncIterator[dict[str, int]]:
        for number in range(value):
            yield {"b": number}

    page.on(page.event, count, {"value": gr.State(2)}, {"a": gr.State(0), "b": gr.State(0)})

    async def collect() -> list[Any]:
        return [update async for update in page.call(2)]

    assert asyncio.run(collect()) == [[gr.skip(), 0], [gr.skip(), 1]]


def first_lab(lab: Any, *, value: int) -> None: ...
def positional(request: Request, value: int) -> None: ...
def other_name(request: Request, *, number: int) -> None: ...
def one_more(request: Request, *, value: int, number: int) -> None: ...
def many(
    request: Request, *, value: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0, e: int = 0
) -> None: ...


@pytest.mark.parametrize("handler", [first_lab, positional, other_name, one_more, many])
def test_a_handler_that_does_not_match_is_refused_at_once(page, handler):
    with pytest.raises(TypeError, match=handler.__name__):
        page.on(page.event, handler, {"value": gr.State(0)})


def test_a_bound_parameter_counts_as_given(page):
    page.on(page.event, partial(one_more, number=3), {"value": gr.State(0)})
    assert page.outputs == [] and page.call(1) is None


def test_an_unknown_output_is_an_error(page, monkeypatch):
    told = []
    monkeypatch.setattr(gr, "Warning", told.append)

    def wrong(request: Request) -> dict[str, int]:
        return {"valeu": 1}

    page.on(page.event, wrong, {}, {"value": gr.State(0)})
    assert page.call() == gr.skip() and len(told) == 1


def test_an_endpoint_is_given_a_request(lab):
    def verb(request: Request, number: int = 1) -> list[int]:
        """Double a number."""
        return [2 * number, len(request.language)]

    answer = endpoint(lab, verb)
    assert answer(number=4) == [8, 2] and "request" not in answer.__annotations__
    assert answer.__doc__ == "Double a number."
