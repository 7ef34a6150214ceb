"""What all tabs share: the networks, the visitors, the languages and the way errors are told."""

import html
import inspect
import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import gradio as gr
import torch
from torch import nn

from core import recipes
from core.checkpoint import Card
from core.device import memory_problems
from core.errors import Problem
from core.runner import Runner
from pages.app.links import MINE, Links
from pages.app.visitors import Network, Visitor, is_token
from pages.app.words import Words
from pages.text import explain, known, text

SHELF_BYTES = 2**30  # that the networks of all visitors may take together
FORGET_SECONDS = 3600.0  # a visitor who has done nothing for so long is forgotten
# An event that announces its state on its outputs makes gradio's page write that state, for every
# output of every event so far, at each message of any event, and look each one up in the tree of
# all components: a third of a second of the browser's time where nothing shows. Announced nowhere.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}

NOTES = logging.getLogger("netlab")


def within(inputs: Sequence[Any]) -> str:
    """What the browser does to these inputs: it puts the number of each slider within its bounds.

    As gradio does, but only later, in the field and telling nobody.
    """
    bounds = [(at, item.minimum, item.maximum) for at, item in enumerate(inputs)
              if isinstance(item, gr.Slider)]  # fmt: skip
    return f"""(...given) => {{
      for (const [at, low, high] of {json.dumps(bounds)})
        given[at] = Math.min(Math.max(given[at], low), high);
      return given;
    }}"""


def name_of(handler: Callable[..., Any]) -> str:
    """What the log calls a handler: its module and its own name."""
    handler = getattr(handler, "func", handler)  # of a partial
    return f"{handler.__module__.removeprefix('pages.')}.{handler.__qualname__}"


class Lab:
    """One running lab. `visitor` and `language` are components that every handler takes last."""

    visitor: gr.BrowserState
    language: gr.Radio
    # Counts how often the words of the page were said in another language. What is made up besides
    # follows this, not `language`: else the words would wait for all of it.
    spoken: gr.State
    led = False  # whether somebody leads the class, who knows visitors by their alias
    # The event of the tab that is being built coming into sight for the first time.
    opened: Callable[..., Any]

    def __init__(self, device: torch.device, runner: Runner):
        self.device = device
        self.runner = runner
        self.words = Words()
        self.links = Links()
        self.shown: dict[str, str] = {}  # by the code of its link, whose training all may watch
        self._shipped: dict[str, Network] = {}
        self._visitors: dict[str, Visitor] = {}
        self._lock = threading.RLock()

    def say(self, component: Any, **keys: Any) -> Any:
        """Give a component its words, in whichever language the visitor reads (`Words.say`)."""
        return self.words.say(component, **keys)

    def tell(self, component: Any, words: Callable[[str], str]) -> Any:
        """Give a component a value that is made up anew in each language (`Words.tell`)."""
        return self.words.tell(component, words)

    # Networks

    def network(self, name: str, tab: str, token: str) -> Network:
        """A shipped network, or the visitor's own. Raises `Problem` where there is none."""
        if name == MINE:
            found = self.seen(token).networks.get(tab)
            if found is None:
                raise Problem("training.none")
            return found
        with self._lock:
            if name not in self._shipped:
                model, card = recipes.find(name).load(device=self.device)
                self._shipped[name] = Network(name, model, card)
            return self._shipped[name]

    def missing(self, names: Sequence[str], tab: str) -> dict[str, Problem]:
        """Which of these shipped networks cannot be used, and why."""
        problems = {}
        for name in names:
            try:
                self.network(name, tab, "")
            except Problem as problem:
                problems[name] = problem
        return problems

    def adopt(self, token: str, tab: str, model: nn.Module, card: Card) -> Network:
        """Make a network the visitor's own in one tab."""
        network = Network(MINE, model.to(self.device), card)
        self.seen(token).networks[tab] = network
        self._make_room(token)
        return network

    def _make_room(self, newest: str) -> None:
        """Free the networks of whoever was heard of longest ago, while all take too many bytes."""
        with self._lock:
            owners = sorted(self._visitors.items(), key=lambda item: item[1].seen)
            held = sum(net.size for _, visitor in owners for net in visitor.networks.values())
            for token, visitor in owners:
                if held <= SHELF_BYTES or token == newest:
                    return
                held -= sum(net.size for net in visitor.networks.values())
                visitor.networks.clear()

    def drop(self, token: str, tab: str) -> None:
        """Take the visitor's own network of a tab away."""
        self.seen(token).networks.pop(tab, None)

    # Visitors

    def identify(self, token: Any) -> None:
        """Raise `Problem` ("training.nobody") for a caller without a token of its own."""
        if not is_token(token):
            raise Problem("training.nobody")

    def seen(self, token: Any) -> Visitor:
        """The record of a visitor, who is thereby heard of. A caller without a token has none."""
        try:
            self.identify(token)
        except Problem:
            return Visitor()
        now = time.monotonic()
        with self._lock:
            visitor = self._visitors.setdefault(token, Visitor())
            visitor.seen = now
            old = [t for t, v in self._visitors.items() if now - v.seen > FORGET_SECONDS]
        for each in old:
            self.forget(each)
        return visitor

    def forget(self, token: str) -> None:
        """Free all that is a visitor's: networks, trainings and their files."""
        with self._lock:
            self._visitors.pop(token, None)
        for owner in self.runner.owners:
            if owner.endswith(f" {token}"):
                self.runner.forget(owner)
                self.shown = {code: shown for code, shown in self.shown.items() if shown != owner}

    # Events

    def on(
        self,
        event: Callable[..., Any] | Sequence[Callable[..., Any]],
        handler: Callable[..., Any],
        inputs: Sequence[Any] = (),
        outputs: Sequence[Any] = (),
        data: Sequence[str] = (),
        **options: Any,
    ) -> Any:
        """Wire an event of the page: handler(lab, *data, *inputs, visitor, language) -> outputs.

        event: or several of components; whichever of them comes while the handler runs, it runs
        once more afterwards, so that no earlier answer comes last.
        data: names of what a widget sends along, e.g. ("index",); not for "always_last", where a
        call that waits for its turn gets the data of the one before. Page events are no part of the
        API, which has its own named endpoints.
        """
        if not callable(event):
            event, options = partial(gr.on, event), {"trigger_mode": "always_last"} | options
        assert not (data and options.get("trigger_mode") == "always_last")
        options = QUIET | options
        inputs = [*inputs, self.visitor, self.language]
        guarded = self._guarded(handler, data, len(outputs))
        return event(guarded, inputs, list(outputs), **options)

    def at_once(
        self, event: Callable[..., Any], outputs: Sequence[Any], *updates: dict[str, Any]
    ) -> None:
        """Wire what the browser does by itself, before the server's answer to the same event.

        updates: for each output what changes of it. What a visitor does before that answer comes
        would be undone by it.
        """
        changes = json.dumps([{"__type__": "update"} | update for update in updates])
        event(None, None, list(outputs), js=f"() => {changes}", **QUIET)

    def slide(self, sliders: Sequence[Any], *args: Any, **options: Any) -> None:
        """Wire sliders so that the page follows the handle and its last position always counts.

        Resetting one is a release only. See `within` for numbers typed.
        """
        events = [event for slider in sliders for event in (slider.input, slider.release)]
        self.on(events, *args, **options)

    def _guarded(
        self, handler: Callable[..., Any], data: Sequence[str], outputs: int
    ) -> Callable[..., Any]:
        """A handler as gradio calls it, whose problems reach the visitor as one sentence.

        An error would be stamped on every output; a warning leaves them as they are.
        """
        unchanged = gr.skip() if outputs == 1 else [gr.skip()] * outputs

        def call(*args: Any) -> Any:
            try:
                with self.telling(args[-1], handler):
                    return handler(self, *args)
            except gr.Error as error:
                gr.Warning(error.message)
                return unchanged if outputs else None

        def call_with_data(event: gr.EventData, *args: Any) -> Any:
            return call(*(event._data.get(name) for name in data), *args)

        async def stream(*args: Any) -> Any:
            try:
                with self.telling(args[-1], handler):
                    async for update in handler(self, *args):
                        yield update
            except gr.Error as error:
                gr.Warning(error.message)
                yield unchanged  # a stream without a word would empty them

        if inspect.isasyncgenfunction(handler):
            return stream
        return call_with_data if data else call

    @contextmanager
    def telling(self, language: Any, handler: Callable[..., Any]) -> Iterator[None]:
        """Turn whatever goes wrong inside into the page's error message; log what was asked for.

        The log names handlers, never what a visitor typed, which an error's message may quote.
        """
        language, name, began = known(language), name_of(handler), time.perf_counter()
        try:
            with memory_problems(self.device):
                yield
        except gr.Error:
            raise
        except Problem as problem:
            sentence = html.escape(explain(problem, language))  # may quote what was typed
            raise gr.Error(sentence, print_exception=False) from None
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            NOTES.error("%s failed: %s\n%s", name, type(error).__name__, where)
            raise gr.Error(text("shell.unexpected", language), print_exception=False) from None
        finally:
            NOTES.info("%s %.0f ms", name, 1000 * (time.perf_counter() - began))
