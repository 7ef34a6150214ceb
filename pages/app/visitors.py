"""The visitors of the lab, and what the server keeps for each."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import Problem

if TYPE_CHECKING:
    from pages.app.networks import Network

FORGET_SECONDS = 3600.0  # an inactive visitor's data are freed after this time
TOKEN = re.compile(r"[\w-]{22,64}")


def is_token(given: Any) -> bool:
    """Whether a value has the form of a visitor's token."""
    return isinstance(given, str) and TOKEN.fullmatch(given) is not None


def alias(token: str) -> str:
    """Four letters that name a visitor in a class, derived from the token."""
    return hashlib.sha256(token.encode()).hexdigest()[:4]


@dataclass
class Visitor:
    """One browser. The dictionaries have the tab as their key.

    networks: trained or loaded; adopted: the file of the training whose weights they are;
    looking_at: the position in the history of a training that is shown, unless it is the last;
    kept: other data of a tab; last_active: in seconds of the monotonic clock.
    """

    networks: dict[str, Network] = field(default_factory=dict)
    adopted: dict[str, str] = field(default_factory=dict)
    looking_at: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    last_active: float = field(default_factory=time.monotonic)


class Visitors:
    """All visitors by token. forget: called with the token of a visitor who is inactive."""

    def __init__(self, forget: Callable[[str], None]):
        self._forget = forget
        self._visitors: dict[str, Visitor] = {}
        self._lock = threading.RLock()

    def require(self, token: Any) -> None:
        """Raise `Problem` ("training.nobody") for a caller without a valid token."""
        if not is_token(token):
            raise Problem("training.nobody")

    def get(self, token: Any) -> Visitor:
        """The record of a visitor, who is active by this call. Without a token it is not kept."""
        if not is_token(token):
            return Visitor()
        now = time.monotonic()
        with self._lock:
            visitor = self._visitors.setdefault(token, Visitor())
            visitor.last_active = now
            inactive = [
                each
                for each, record in self._visitors.items()
                if now - record.last_active > FORGET_SECONDS
            ]
        for each in inactive:
            self._forget(each)
        return visitor

    def remove(self, token: str) -> None:
        """Free the record of a visitor."""
        with self._lock:
            self._visitors.pop(token, None)

    def by_last_active(self) -> list[tuple[str, Visitor]]:
        """Token and record of all visitors, the least recently active first."""
        with self._lock:
            return sorted(self._visitors.items(), key=lambda item: item[1].last_active)
