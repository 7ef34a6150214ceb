"""The networks in memory: those that are shipped, and those that visitors trained or loaded."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import nn

from core import recipes
from core.errors import Problem
from core.training.checkpoint import Card
from pages.app.visitors import Visitors

MINE = "mine"  # the name of whichever network the visitor trained or loaded
VISITORS_BYTES = 2**30  # that the networks of all visitors may take together

Value = TypeVar("Value")


@dataclass(eq=False)
class Network:
    """A trained network, shared by all who use it, and the results that were computed with it."""

    name: str
    model: Any  # an nn.Module of the class that the tab's recipes build
    card: Card
    _results: dict[str, Any] = field(default_factory=dict)
    _locks: dict[str, threading.RLock] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes of its weights."""
        return sum(tensor.nbytes for tensor in self.model.state_dict().values())

    def keep(self, key: str, make: Callable[[], Value]) -> Value:
        """The result of `make`, computed once; concurrent callers wait for the first."""
        with self._locks.setdefault(key, threading.RLock()):
            if key not in self._results:
                self._results[key] = make()
            return self._results[key]


class Networks:
    """A cache of the shipped networks, and each visitor's own network by tab."""

    def __init__(self, device: torch.device, visitors: Visitors):
        self.device = device
        self.visitors = visitors
        self._shipped: dict[str, Network] = {}
        self._lock = threading.RLock()

    def get(self, name: str, tab: str, visitor: str) -> Network:
        """A shipped network, or the visitor's own. Raises `Problem` where there is none."""
        if name == MINE:
            own = self.visitors.get(visitor).networks.get(tab)
            if own is None:
                raise Problem("training.none")
            return own
        with self._lock:
            if name not in self._shipped:
                model, card = recipes.find(name).load(device=self.device)
                self._shipped[name] = Network(name, model, card)
            return self._shipped[name]

    def missing(self, names: Sequence[str]) -> dict[str, Problem]:
        """The shipped networks that cannot be used, each with the reason."""
        problems = {}
        for name in names:
            try:
                self.get(name, "", "")
            except Problem as problem:
                problems[name] = problem
        return problems

    def adopt(self, visitor: str, tab: str, model: nn.Module, card: Card) -> Network:
        """Make a network the visitor's own in one tab."""
        network = Network(MINE, model.to(self.device), card)
        self.visitors.get(visitor).networks[tab] = network
        self._limit_memory(visitor)
        return network

    def drop(self, visitor: str, tab: str) -> None:
        """Free the visitor's own network of a tab."""
        self.visitors.get(visitor).networks.pop(tab, None)

    def _limit_memory(self, newest: str) -> None:
        """Free networks, those of the least recently active visitor first, down to the limit."""
        with self._lock:
            owners = self.visitors.by_last_active()
            held = sum(net.size for _, visitor in owners for net in visitor.networks.values())
            for token, visitor in owners:
                if held <= VISITORS_BYTES or token == newest:
                    return
                held -= sum(net.size for net in visitor.networks.values())
                visitor.networks.clear()
