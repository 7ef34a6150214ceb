"""Settings: one frozen dataclass per recipe, the only home of each default and each range.

The command line makes its flags from these fields and the page its sliders, so that a bound is
written once and holds everywhere.
"""

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Self

from core.errors import Problem


def setting(
    default: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    choices: Sequence[Any] = (),
    log: bool = False,
    live: Any = None,
) -> Any:
    """A field of a `Config`: its default and what it may be.

    low, high: inclusive bounds of a number. choices: the only values allowed. log: what matters is
    its order of magnitude. live: what a training in the page starts from, where the shipped network
    took longer than anybody would watch.
    """
    live = default if live is None else live
    metadata = {"low": low, "high": high, "choices": tuple(choices), "log": log, "live": live}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Config:
    """The base of every recipe's settings; checks each field against its own `setting`.

    Raises `Problem` ("setting.*") for a wrong type, a value out of range or not among the choices.
    """

    seed: int = setting(0, 0, 2**31 - 1)

    def __post_init__(self):
        for item in fields(self):
            object.__setattr__(self, item.name, check(item, getattr(self, item.name)))

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def changed(self) -> dict[str, Any]:
        """The settings that differ from their defaults."""
        usual = type(self)().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != usual[name]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values, e.g. of a card. Raises `Problem` for a name it does not know."""
        names = [item.name for item in fields(cls)]
        for name in values:
            if name not in names:
                raise Problem("setting.unknown", name=name, nearest=nearest(name, names))
        return cls(**values)

    @classmethod
    def from_text(cls, values: Mapping[str, str]) -> Self:
        """Build from what was typed, e.g. {"learning_rate": "1e-3"}; raises as the others do."""
        kinds = {item.name: _kind(item) for item in fields(cls)}
        numeric = {name for name, kind in kinds.items() if kind in (int, float)}
        return cls.from_dict(
            {name: _typed(text) if name in numeric else text for name, text in values.items()}
        )


def _kind(item: dataclasses.Field) -> type:
    return item.type if isinstance(item.type, type) else type(item.default)


def _typed(text: str) -> int | float | str:
    # What is no number stays text, which `check` then refuses by name.
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def check(item: dataclasses.Field, value: Any) -> Any:
    """The value of one field, as its type says, or a `Problem`."""
    kind, name = _kind(item), item.name
    if kind in (int, float):
        value = _number(name, value, kind)
        low, high = item.metadata.get("low"), item.metadata.get("high")
        if (low is not None and value < low) or (high is not None and value > high):
            raise Problem("setting.range", name=name, low=low, high=high, value=value)
    elif not isinstance(value, kind):
        raise Problem("setting.type", name=name, kind=kind.__name__, value=repr(value)[:80])
    choices = item.metadata.get("choices")
    if choices and value not in choices:
        shown = ", ".join(str(choice) for choice in choices)
        close = nearest(value, choices)
        value = str(value)[:80]
        raise Problem("setting.choice", name=name, choices=shown, value=value, nearest=close)
    return value


def _number(name: str, value: Any, kind: type) -> int | float:
    # A slider sends 3.0 where an integer is meant; True is an int to Python but not to a reader.
    wanted = "a whole number" if kind is int else "a number"
    if value is None:
        raise Problem("setting.empty", name=name, kind=wanted)
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise Problem("setting.type", name=name, kind=wanted, value=repr(value)[:80])
    if kind is int and value != int(value):
        raise Problem("setting.type", name=name, kind=wanted, value=repr(value)[:80])
    return kind(value)


def _finite(value: int | float) -> bool:
    return abs(value) <= sys.float_info.max  # math.isfinite refuses an int that is longer still


def nearest(value: Any, choices: Sequence[Any]) -> Any:
    """The choice most like a value that is not among them, for an error that helps."""
    if isinstance(value, int | float) and all(isinstance(c, int | float) for c in choices):
        return min(choices, key=lambda choice: abs(choice - value))
    names = [str(choice) for choice in choices]
    return (get_close_matches(str(value)[:80], names, n=1, cutoff=0.0) or names)[0]
