"""Connects the events of the page with handlers.

A handler is `handler(request, *, name=value, ...)`: a `Request`, then at most five named values.

    def draw_map(request: Request, *, network: str, size: int) -> dict[str, Any]:
        return {"map": ..., "note": ...}

    lab.events.on(
        button.click, draw_map, {"network": network, "size": size}, {"map": view, "note": note}
    )

An input is a component, or a list or mapping of components, which arrives as a list or dict under
one name. With a mapping of outputs the handler returns a dict by the same names; an output that it
leaves out stays unchanged. With one component as output the handler returns its value. A stream is
an async generator of the same values.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import gradio as gr

from pages.app.errors import name_of, reported
from pages.app.request import Request
from pages.gradio_compat.client_updates import updates_js
from pages.gradio_compat.component_ids import Block
from pages.modules import call_js
from pages.text import known

if TYPE_CHECKING:
    from pages.app.lab import Lab

Event = Callable[..., Any]
Part = Block | Sequence[Block] | Mapping[str, Block]
NO_PARTS: Mapping[str, Part] = {}
Handler = Callable[..., Any]

MOST_PARAMETERS = 5  # of a handler, after the request
# Where an event shows its progress on its outputs, Gradio's page writes that state for every output
# of every event at each message of any event, and searches the tree of components for each: a third
# of a second in the browser, also where nothing is shown. No event shows it.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}


class Events:
    """Connects events, with the components that every event reads.

    visitor, language: the visitor's token and the choice of the language. language_count: counts
    how often the language was switched; what depends on the language follows `language_switched`,
    not `language`, which would make the words of the page wait for it. tab_opened: the event of the
    first visit of the tab that is being built.
    """

    visitor: gr.BrowserState
    language: gr.Radio
    language_count: gr.State
    tab_opened: Event

    def __init__(self, lab: Lab):
        self.lab = lab

    @property
    def language_switched(self) -> Event:
        """The event after the words of the page were switched to another language."""
        return self.language_count.change

    def on(
        self,
        event: Event | Sequence[Event],
        handler: Handler,
        inputs: Mapping[str, Part] = NO_PARTS,
        outputs: Block | Mapping[str, Part] = NO_PARTS,
        data: Sequence[str] = (),
        after: gr.State | None = None,
        **options: Any,
    ) -> Any:
        """Run a handler at an event; see above.

        event: or several. If another of them comes while the handler runs, it runs once more
        afterwards, so that the last answer belongs to the last values.
        data: names of the values that a widget sends with its event, e.g. ("index",); not for
        "always_last", where a waiting call gets the data of the call before.
        after: the state of a `first_visit`. The handler runs at this visit, and at the events only
        after it.
        options: Gradio's. Raises TypeError where the handler's parameters are not these names.
        """
        check_handler(handler, [*data, *inputs])
        answer = Connection(self.lab, handler, inputs, outputs, data, after is not None).answer()
        first = []
        if after is not None:
            first, event = [after], [after.change, *([event] if callable(event) else event)]
        if not callable(event):
            event, options = partial(gr.on, event), {"trigger_mode": "always_last", **options}
        assert not (data and options.get("trigger_mode") == "always_last")
        given = [*first, *flat(inputs), self.visitor, self.language]
        targets: list[Any] = [outputs] if isinstance(outputs, Block) else flat(outputs)
        return event(answer, given, targets, **{**QUIET, **options})

    def slide(
        self, sliders: Sequence[Any], handler: Handler, inputs: Any, *args: Any,
        clamp: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        """Run a handler while sliders move, at the last position in any case, and at their reset.

        clamp: let the browser limit the numbers that were typed; see `clamp_js`.
        """
        if clamp:
            options["js"] = clamp_js(flat(inputs))
        events = [event for slider in sliders for event in (slider.input, slider.release)]
        self.on(events, handler, inputs, *args, **options)

    def update_in_browser(
        self, event: Event, outputs: Sequence[Block], *updates: dict[str, Any]
    ) -> None:
        """Update components in the browser, before the server answers the same event.

        updates: one for each output. Changes by the visitor that come before the server's answer
        would be lost otherwise.
        """
        event(None, None, list(outputs), js=updates_js(updates), **QUIET)


@dataclass(frozen=True)
class Connection:
    """A handler as Gradio calls it: with the values of the inputs, the visitor and the language.

    waits: the first value says whether the handler is to run. A problem becomes a warning and
    leaves the outputs unchanged; an error of Gradio would be written over every output.
    """

    lab: Lab
    handler: Handler
    inputs: Mapping[str, Part]
    outputs: Block | Mapping[str, Part]
    data: Sequence[str]
    waits: bool

    def answer(self) -> Callable[..., Any]:
        """The function for Gradio, which looks at its kind and at its annotations."""
        if inspect.isasyncgenfunction(self.handler):
            return self._stream
        return self._call_with_data if self.data else self._call

    def _run(self, sent: Mapping[str, Any], values: Sequence[Any]) -> Any:
        *values, visitor, language = values[self.waits :]
        request = Request(self.lab, visitor, known(language))
        return self.handler(request, **sent, **by_name(self.inputs, values))

    def _updates(self, returned: Any) -> Any:
        """What a handler returned, as Gradio takes it."""
        if isinstance(self.outputs, Block):
            return returned
        updates = in_order(self.outputs, returned)
        return updates if len(updates) > 1 else updates[0] if updates else None

    @property
    def _unchanged(self) -> Any:
        return gr.skip() if isinstance(self.outputs, Block) else self._updates({})

    def _call(self, *values: Any, sent: Mapping[str, Any] = {}) -> Any:
        if self.waits and not values[0]:
            return self._unchanged
        try:
            with reported(self.handler, known(values[-1]), self.lab.device):
                return self._updates(self._run(sent, values))
        except gr.Error as error:
            gr.Warning(error.message)
            return self._unchanged

    def _call_with_data(self, event: gr.EventData, *values: Any) -> Any:
        return self._call(*values, sent={name: getattr(event, name, None) for name in self.data})

    async def _stream(self, *values: Any) -> AsyncIterator[Any]:
        try:
            with reported(self.handler, known(values[-1]), self.lab.device):
                async for returned in self._run({}, values):
                    yield self._updates(returned)
        except gr.Error as error:
            gr.Warning(error.message)
            yield self._unchanged  # a stream that yields nothing would empty them


def check_handler(handler: Handler, names: Sequence[str]) -> None:
    """Raise TypeError where a handler does not take a request and exactly these names."""
    first, *rest = [*inspect.signature(handler).parameters.values(), None]
    parameters = [each for each in rest if each is not None]
    if first is None or first.name != "request":
        raise TypeError(f"{name_of(handler)}: the first parameter is `request`")
    bound = getattr(handler, "keywords", {})  # of a partial
    parameters = [each for each in parameters if each.name not in bound]
    taken = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    others = [str(each) for each in parameters if each.name not in taken]
    needed = {each.name for each in parameters if each.default is each.empty} & taken
    if others or needed - {*names} or {*names} - taken:
        raise TypeError(
            f"{name_of(handler)} takes {[str(each) for each in parameters]} by keyword, "
            f"but is given {[*names]}"
        )
    if len(parameters) > MOST_PARAMETERS:
        raise TypeError(f"{name_of(handler)} has more than {MOST_PARAMETERS} parameters")


def flat(parts: Mapping[str, Part]) -> list[Block]:
    """All components of named parts, in their order."""
    found: list[Block] = []
    for part in parts.values():
        found += [part] if isinstance(part, Block) else components_of(part)
    return found


def components_of(part: Sequence[Block] | Mapping[str, Block]) -> list[Block]:
    """The components of a list or mapping."""
    return list(part.values() if isinstance(part, Mapping) else part)


def by_name(parts: Mapping[str, Part], values: Sequence[Any]) -> dict[str, Any]:
    """Values in the order of `flat`, as the value, list or dict of each part."""
    left = iter(values)

    def take(part: Part) -> Any:
        if isinstance(part, Block):
            return next(left)
        if isinstance(part, Mapping):
            return {name: next(left) for name in part}
        return [next(left) for _ in part]

    return {name: take(part) for name, part in parts.items()}


def in_order(parts: Mapping[str, Part], returned: Mapping[str, Any] | None) -> list[Any]:
    """What a handler returned by name, in the order of `flat`.

    What was left out stays unchanged. Raises TypeError for a name that is not among the outputs.
    """
    returned = {} if returned is None else returned
    _check_names(returned, parts)
    updates: list[Any] = []
    for name, part in parts.items():
        if isinstance(part, Block):
            updates.append(returned.get(name, gr.skip()))
        elif name not in returned:
            updates += [gr.skip()] * len(part)
        elif isinstance(part, Mapping):
            _check_names(returned[name], part)
            updates += [returned[name].get(key, gr.skip()) for key in part]
        elif len(returned[name]) == len(part):
            updates += returned[name]
        else:
            raise TypeError(f"{len(part)} values are expected for the output {name}")
    return updates


def _check_names(returned: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    if unknown := returned.keys() - parts.keys():
        raise TypeError(f"no outputs of these names: {sorted(unknown)}; there are {[*parts]}")


def clamp_js(inputs: Sequence[Block]) -> str:
    """JavaScript that limits the value of each slider among these inputs to its bounds."""
    bounds = [(at, item.minimum, item.maximum) for at, item in enumerate(inputs)
              if isinstance(item, gr.Slider)]  # fmt: skip
    return call_js("app/js/controls.js", "clampValues", bounds)
