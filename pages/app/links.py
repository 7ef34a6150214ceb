"""Links: what a tab shows, written into the page's address and read from it again.

?tab=translation&at=steps&sentence=A+dog+runs. A parameter has the name of a control; those left out
keep their usual values. `hide=` takes sections or controls away, by name, and `lesson=` opens the
lesson of a tab. A network that somebody trained does not travel: its settings and its seed do.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr

from core.errors import Problem
from pages.app.networks import MINE

ADDRESS = "app/js/address.js"  # the module that reads and writes the page's address
LONGEST_TEXT = 2_000  # characters of a parameter


@dataclass(frozen=True)
class Link:
    """What one parameter stands for.

    sources: the components whose values are written, one after the other. target: what takes the
    value that was read: the component itself, or a state that holds it until the tab is first
    looked at, where no component could take it: a list of as many numbers as `numbers` allows.
    flat: makes such a list of the source's value, or [] of one that needs no mention.
    """

    sources: Sequence[Any]
    target: Any
    numbers: int = 0
    flat: Callable[[Any], Sequence[float]] | None = None

    def write(self, values: Sequence[Any]) -> str | None:
        """The values of its components as text; None where they are as they were built."""
        if self.numbers:
            given = values if len(self.sources) > 1 else values[0]
            given = self.flat(given) if self.flat else given
            return ",".join(f"{number:.4g}" for number in given) if given else None
        value = values[0]
        if value is None or value == self.target.value or value == MINE:
            return None
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, list):
            return ",".join(map(str, value))
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    def read(self, given: str) -> Any:
        """A value from text. Raises ValueError for one that the component could not have."""
        if self.numbers:
            numbers = [_finite(part) for part in given.split(",")]
            if len(numbers) > self.numbers:
                raise ValueError
            return numbers
        match self.target:
            case gr.Radio() | gr.Dropdown() | gr.CheckboxGroup() as choice:
                values = {str(value): value for _, value in choice.choices}
                several = isinstance(choice, gr.CheckboxGroup)
                parts = [part for part in given.split(",") if part] if several else [given]
                if not values.keys() >= set(parts):
                    raise ValueError
                return [values[part] for part in parts] if several else values[given]
            case gr.Checkbox():
                return {"0": False, "1": True}[given]
            case gr.Slider(minimum=low, maximum=high, step=step):
                number = _finite(given)
                if not low <= number <= high:
                    raise ValueError
                return int(number) if step == 1 else number
            case gr.Number(precision=precision):
                number = _finite(given)
                return int(number) if precision == 0 else number
        return given


class Links:
    """The parameters of each tab, by name."""

    def __init__(self):
        self._links: dict[str, dict[str, Link]] = {}
        self._places: dict[str, dict[str, tuple[gr.Tabs, str]]] = {}
        self.tab = ""  # the one that is being built

    def add(self, name: str, component: Any) -> Any:
        """Let an input travel under a name."""
        self._links.setdefault(self.tab, {})[name] = Link([component], component)
        component.elem_classes = [*(component.elem_classes or []), f"link-{name}"]
        return component

    def hold(
        self, name: str, sources: Sequence[Any] = (), numbers: int = 0, **more: Any
    ) -> gr.State:
        """Let numbers travel that components show only once they were computed with, or a word.

        Returns the state that holds what a link brought, and [] or "" without one. more: see
        `Link`.
        """
        state = gr.State([] if numbers else "")
        self._links.setdefault(self.tab, {})[name] = Link(
            sources or [state], state, numbers, **more
        )
        return state

    def add_section(self, name: str, tabs: gr.Tabs, within: str = "") -> None:
        """Let a link open a section. tabs: the component that it is a part of; within: the section
        that these are in.
        """
        self._places.setdefault(self.tab, {})[name] = (tabs, within)

    def sections_of(self, tab: str) -> list[str]:
        """The names of the sections of a tab, in the order of the page."""
        return list(self._places.get(tab, {}))

    @property
    def names(self) -> set[str]:
        """All that `hide` may name."""
        tabs = {*self._links, *self._places}
        return tabs.union(*self._links.values(), *self._places.values())

    @property
    def sources(self) -> list[Any]:
        return [
            source
            for links in self._links.values()
            for link in links.values()
            for source in link.sources
        ]

    @property
    def targets(self) -> list[Any]:
        """What a link may set, the sections last."""
        values = [link.target for links in self._links.values() for link in links.values()]
        around = [tabs for places in self._places.values() for tabs, _ in places.values()]
        return [*values, *dict.fromkeys(around)]

    def write(self, opened: Sequence[str], values: Sequence[Any], language: str) -> str:
        """The query that brings back the open tab. values: of `sources`."""
        given = dict(zip((id(source) for source in self.sources), values, strict=True))
        tab, *places = opened
        pairs = {"tab": tab, "lang": language}
        inner = [place for place in places if place in self._places.get(tab, {})]
        pairs |= {"at": inner[-1]} if inner else {}
        for name, link in self._links.get(tab, {}).items():
            if (said := link.write([given[id(source)] for source in link.sources])) is not None:
                pairs[name] = said
        return "?" + urlencode(pairs, safe=",")

    def read(self, query: str, tabs: gr.Tabs) -> list[Any]:
        """An update for `tabs` and each of `targets`.

        Raises `Problem` ("link.*") for a query that no page of this lab wrote.
        """
        try:
            pairs = dict(parse_qsl(query.removeprefix("?"), max_num_fields=100))
        except ValueError:
            raise Problem("link.torn") from None
        hidden = {name for name in pairs.get("hide", "").split(",") if name}
        if unknown := hidden - self.names:
            raise Problem("link.hide", name=min(unknown)[:60])
        tab, place = self._asked(pairs)
        if tab not in self._places:
            raise Problem("link.tab", name=tab[:60], names=", ".join(self._places))
        updates: dict[Any, Any] = {}
        if tab != self._first:
            updates[tabs] = gr.update(selected=tab)
        if place and place not in self._places[tab]:
            raise Problem("link.at", name=place[:60], names=", ".join(self._places[tab]))
        updates |= self._sections(tab, place)
        for name, link in self._links.get(tab, {}).items():
            if name not in pairs:
                continue
            if len(pairs[name]) > LONGEST_TEXT:
                raise Problem("link.long", name=name, most=LONGEST_TEXT)
            try:
                value = link.read(pairs[name])
            except (ValueError, KeyError):
                raise Problem("link.value", name=name, value=pairs[name][:60]) from None
            held = isinstance(link.target, gr.State)
            updates[link.target] = value if held else gr.update(value=value)
        return [updates.get(target, gr.skip()) for target in (tabs, *self.targets)]

    def plain(self, query: str, tabs: gr.Tabs) -> list[Any]:
        """The same of a query that could not be read: what it opens, if there is such a thing."""
        pairs = dict(parse_qsl(query.removeprefix("?")))
        tab, place = self._asked(pairs)
        if tab not in self._places:
            return [gr.skip()] * (1 + len(self.targets))
        updates = self._sections(tab, place)
        opened = gr.update(selected=tab) if tab != self._first else gr.skip()
        return [opened, *(updates.get(target, gr.skip()) for target in self.targets)]

    def _asked(self, pairs: Mapping[str, str]) -> tuple[str, str]:
        """The tab and the section that a query names, "" for none."""
        tab = pairs.get("tab") or pairs.get("lesson") or self._first
        return tab, pairs.get("at") or ("lesson" if "lesson" in pairs else "")

    def _sections(self, tab: str, place: str) -> dict[Any, Any]:
        """What opens a section of a tab, from the innermost outwards."""
        updates = {}
        while place in self._places[tab]:
            around, within = self._places[tab][place]
            updates[around] = gr.update(selected=place)
            place = within
        return updates

    @property
    def _first(self) -> str:
        return next(iter(self._places))


def _finite(given: str) -> float:
    number = float(given)
    if not math.isfinite(number):
        raise ValueError
    return number
