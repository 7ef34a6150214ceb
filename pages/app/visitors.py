"""Who looks at the lab, and what is kept for them."""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.checkpoint import Card

TOKEN = re.compile(r"[\w-]{22,64}")
# Which visitor this is: what the browser kept, or a new token. Made in the browser, so that there
# is one before anything can be clicked.
TOKEN_JS = f"""(kept) => /^{TOKEN.pattern}$/.test(kept) ? kept : Array.from(
  crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")
).join("")"""

Value = TypeVar("Value")


def is_token(given: Any) -> bool:
    """Whether something may be the token of a visitor."""
    return isinstance(given, str) and TOKEN.fullmatch(given) is not None


def alias(token: str) -> str:
    """What a class calls a visitor: four letters, the same as long as the browser stays."""
    return hashlib.sha256(token.encode()).hexdigest()[:4]


@dataclass(eq=False)
class Network:
    """A trained network in memory, shared by all who look at it, and what was computed of it."""

    name: str
    model: Any  # an nn.Module of the class that the tab's recipes build
    card: Card
    _kept: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of its weights."""
        return sum(tensor.nbytes for tensor in self.model.state_dict().values())

    def keep(self, key: str, make: Callable[[], Value]) -> Value:
        """What `make` gives, computed once; whoever else asks for the same waits for the first."""
        with self._locks.setdefault(key, threading.RLock()):
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]


@dataclass
class Visitor:
    """One browser, and when it was last heard of; the dictionaries go by tab.

    networks: trained or brought; adopted: the job whose weights they are; looking_at: where in the
    history of a run the visitor stands, unless at its end; kept: whatever else a tab keeps.
    """

    networks: dict[str, Network] = field(default_factory=dict)
    adopted: dict[str, str] = field(default_factory=dict)
    looking_at: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    seen: float = field(default_factory=time.monotonic)
