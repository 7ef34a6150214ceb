"""What a handler is told about its caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.app.visitors import Visitor
from pages.text import text

if TYPE_CHECKING:
    from pages.app.lab import Lab


@dataclass(frozen=True)
class Request:
    """The first argument of every handler and endpoint.

    visitor: the token of whoever calls, which may be "" or forged; `lab.visitors.require` checks
    it. language: one that the lab has.
    """

    lab: Lab
    visitor: str
    language: str

    @property
    def record(self) -> Visitor:
        """What the server keeps for the visitor."""
        return self.lab.visitors.get(self.visitor)

    def text(self, key: str, **values: object) -> str:
        """The string of that key in the visitor's language."""
        return text(key, self.language, **values)
