"""The former convention of handlers and the former names of Lab. Delete when no tab uses them.

A handler is `handler(lab, *data, *inputs, visitor, language)` and returns its outputs in order.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from pages.app.errors import reported
from pages.text import known

if TYPE_CHECKING:
    from pages.app.events import Events
    from pages.app.lab import Lab


def on(
    events: Events, event: Any, handler: Callable[..., Any], inputs: Any, outputs: Any,
    data: Sequence[str], after: gr.State | None, options: Mapping[str, Any],
) -> Any:  # fmt: skip
    """`Events.on` for a sequence of inputs and of outputs."""
    answer = guarded(events.lab, handler, data, len(outputs), after is not None)
    return events.connect(event, answer, inputs, outputs, data, after, options)


def guarded(
    lab: Lab, handler: Callable[..., Any], data: Sequence[str], outputs: int, waits: bool
) -> Callable[..., Any]:
    """A positional handler as Gradio calls it."""
    unchanged = gr.skip() if outputs == 1 else [gr.skip()] * outputs or None

    def call(*args: Any) -> Any:
        if waits and not args[0]:
            return unchanged
        try:
            with reported(handler, known(args[-1]), lab.device):
                return handler(lab, *args[waits:])
        except gr.Error as error:
            gr.Warning(error.message)
            return unchanged

    def call_with_data(event: gr.EventData, *args: Any) -> Any:
        return call(*(getattr(event, name, None) for name in data), *args)

    async def stream(*args: Any) -> Any:
        try:
            with reported(handler, known(args[-1]), lab.device):
                async for update in handler(lab, *args):
                    yield update
        except gr.Error as error:
            gr.Warning(error.message)
            yield unchanged

    if inspect.isasyncgenfunction(handler):
        return stream
    return call_with_data if data else call


def once_seen(
    lab: Lab, seen: gr.State, events: Sequence[Any], handler: Callable[..., Any],
    inputs: Sequence[Any], outputs: Sequence[Any],
) -> None:  # fmt: skip
    """Run a handler at the first visit, and at these events from then on."""
    lab.events.on(events, handler, inputs, outputs, after=seen)


class FormerNames:
    """The former methods of Lab, by the parts that have them now."""

    def say(self: Any, component: Any, **keys: Any) -> Any:
        return self.words.translate(component, **keys)

    def tell(self: Any, component: Any, words: Callable[[str], str]) -> Any:
        return self.words.translate(component, value=words)

    def network(self: Any, name: str, tab: str, token: str) -> Any:
        return self.networks.get(name, tab, token)

    def missing(self: Any, names: Sequence[str], tab: str) -> Any:
        return self.networks.missing(names)

    def adopt(self: Any, *given: Any) -> Any:
        return self.networks.adopt(*given)

    def drop(self: Any, token: str, tab: str) -> None:
        self.networks.drop(token, tab)

    def identify(self: Any, token: Any) -> None:
        self.visitors.require(token)

    def seen(self: Any, token: Any) -> Any:
        return self.visitors.get(token)

    def on(
        self: Any, event: Any, handler: Any, inputs: Any = (), outputs: Any = (), data: Any = (),
        **options: Any,
    ) -> Any:  # fmt: skip
        return self.events.on(event, handler, inputs, outputs, data, **options)

    def at_once(self: Any, event: Any, outputs: Any, *updates: Any) -> None:
        self.events.update_in_browser(event, outputs, *updates)

    def slide(self: Any, sliders: Any, *args: Any, **options: Any) -> None:
        self.events.slide(sliders, *args, **options)

    @property
    def spoken(self: Any) -> gr.State:
        return self.events.language_count

    @property
    def opened(self: Any) -> Any:
        return self.events.tab_opened
