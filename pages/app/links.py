"""Links: the state of a tab, written into the page's address and read from it.

?tab=translation&at=steps&sentence=A+dog+runs. A parameter has the name of a control; a control
without one keeps its default. `hide=` hides sections or controls, by name, and `lesson=` opens the
lesson of a tab. A link has the settings and the seed of a visitor's training, not its network.
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
    """One parameter.

    sources: the components whose values are written, one after the other. target: what takes the
    value that was read: the component itself, or a state that holds it until the first visit of the
    tab, where no component can take it: a list of at most `numbers` numbers, or a text.
    flat: makes such a list of the source's value, [] for the default.
    """

    sources: Sequence[Any]
    target: Any
    numbers: int = 0
    flat: Callable[[Any], Sequence[float]] | None = None

    def write(self, values: Sequence[Any]) -> str | None:
        """The values of the sources as text; None for the defaults."""
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
        """The value of the target from text. Raises ValueError or KeyError for an invalid one."""
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
        """Make an input a parameter of this name. Returns the input."""
        self._links.setdefault(self.tab, {})[name] = Link([component], component)
        component.elem_classes = [*(component.elem_classes or []), f"link-{name}"]
        return component

    def hold(
        self, name: str, sources: Sequence[Any] = (), numbers: int = 0, **more: Any
    ) -> gr.State:
        """Make numbers or a text a parameter that no component can take at once.

        Returns the state that holds the value of a link, [] or "" without one. more: see `Link`.
        """
        state = gr.State([] if numbers else "")
        link = Link(sources or [state], state, numbers, **more)
        self._links.setdefault(self.tab, {})[name] = link
        return state

    def add_section(self, name: str, tabs: gr.Tabs, within: str = "") -> None:
        """Let a link open a section of `tabs`; within: the section that has these tabs."""
        self._places.setdefault(self.tab, {})[name] = (tabs, within)

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
        """The components that a link may set, besides the tabs of the page."""
        values = [link.target for links in self._links.values() for link in links.values()]
        sections = [tabs for places in self._places.values() for tabs, _ in places.values()]
        return [*values, *dict.fromkeys(sections)]

    def write(self, opened: Sequence[str], values: Sequence[Any], language: str) -> str:
        """The query of what is on screen. opened: tab and sections; values: of `sources`."""
        by_source = dict(zip(self.sources, values, strict=True))
        tab, *places = opened
        pairs = {"tab": tab, "lang": language}
        known = [place for place in places if place in self._places.get(tab, {})]
        if known:
            pairs["at"] = known[-1]
        for name, link in self._links.get(tab, {}).items():
            value = link.write([by_source[source] for source in link.sources])
            if value is not None:
                pairs[name] = value
        return "?" + urlencode(pairs, safe=",")

    def read(self, query: str, tabs: gr.Tabs) -> dict[Any, Any]:
        """Updates of `tabs` and of `targets`, by component.

        Raises `Problem` ("link.*") for a query that no page of this lab wrote.
        """
        try:
            pairs = dict(parse_qsl(query.removeprefix("?"), max_num_fields=100))
        except ValueError:
            raise Problem("link.torn") from None
        hidden = {name for name in pairs.get("hide", "").split(",") if name}
        if unknown := hidden - self.names:
            raise Problem("link.hide", name=min(unknown)[:60])
        tab, place = self._place(pairs)
        if tab not in self._places:
            raise Problem("link.tab", name=tab[:60], names=", ".join(self._places))
        if place and place not in self._places[tab]:
            raise Problem("link.at", name=place[:60], names=", ".join(self._places[tab]))
        updates = self._opened(tab, place, tabs)
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
        return updates

    def read_place(self, query: str, tabs: gr.Tabs) -> dict[Any, Any]:
        """The updates that open the tab and section of a query which `read` refuses, if any."""
        tab, place = self._place(dict(parse_qsl(query.removeprefix("?"))))
        return self._opened(tab, place, tabs) if tab in self._places else {}

    def _place(self, pairs: Mapping[str, str]) -> tuple[str, str]:
        """The tab and the section that a query names, "" for none."""
        tab = pairs.get("tab") or pairs.get("lesson") or self._first
        return tab, pairs.get("at") or ("lesson" if "lesson" in pairs else "")

    def _opened(self, tab: str, place: str, tabs: gr.Tabs) -> dict[Any, Any]:
        """The updates that open a tab, unless it is the first, and a section of it."""
        updates = {} if tab == self._first else {tabs: gr.update(selected=tab)}
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
