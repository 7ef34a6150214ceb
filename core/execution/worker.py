"""What runs in a training's own process: it trains, keeps the weights and takes commands."""

import os
import queue
import signal
import threading
import time
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from core import device as devices
from core.errors import Problem
from core.training import archive, checkpoint
from core.training.checkpoint import Card
from core.training.progress import Progress
from core.training.recipe import Recipe
from core.training.session import Session

NICENESS = 10  # the page and its inference come first
SAVE_SECONDS = 2.0
SEND_SECONDS = 0.05  # at most 20 messages a second, whatever the pace of the events


def work(
    pipe: Connection, recipe: Recipe, config: Any, file: Path, device: str, evaluate: bool
) -> None:
    """Train a recipe and report through the pipe; the network goes into a .zip file.

    It hears ("end", why), ("pause", bool), ("advance", None) and ("send", settings). It says
    ("events", [(progress, seconds)]), ("measuring", why it ended), ("ended", why) and ("problem",
    `Problem`).
    """
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    # Ctrl-C in the terminal reaches every process of the app; the app's own decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    inbox: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, inbox), daemon=True).start()
    try:
        try:
            place = devices.choose(device)
            with devices.memory_problems(place):
                session = Session(recipe, config, place)
                session.commands = [recipe.command(config.changed())]
                Worker(pipe, inbox, session, file).train(evaluate)
        except Problem as problem:
            pipe.send(("problem", problem))
        except Exception as error:
            traceback.print_exc()  # for whoever runs the app; the visitor gets one sentence
            reason = f"{type(error).__name__}: {error}"[:200]
            pipe.send(("problem", Problem("training.error", reason=reason)))
    except OSError:
        pass  # the page is gone
    # Nothing is left to tidy up, and a daemon thread still reads the pipe.
    os._exit(0)


def _listen(pipe: Connection, inbox: queue.SimpleQueue) -> None:
    """Pass on what is said; end the process when nobody is left to say anything."""
    try:
        while True:
            inbox.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)


class Worker:
    """One training in this process."""

    def __init__(self, pipe: Connection, inbox: queue.SimpleQueue, session: Session, file: Path):
        self.pipe, self.inbox, self.session, self.file = pipe, inbox, session, file
        self.ending = ""  # why it ended or shall end
        self.paused = False
        self.command: dict[str, Any] = {}  # settings to change with the next step
        self.outbox: list[tuple[Progress, float]] = []

    def train(self, evaluate: bool) -> None:
        """Train until the end or until told to end; then measure, unless it was stopped."""
        training = self.session.events()
        saved = sent = -float("inf")
        try:
            progress = next(training)
            while True:
                now = time.monotonic()
                self.outbox.append((progress, self.session.seconds))
                if now - saved >= SAVE_SECONDS:
                    self._save(self.session.card())
                    saved = time.monotonic()
                if now - sent >= SEND_SECONDS:
                    self._send()
                    sent = now
                self._read_inbox()
                if self.ending:
                    break
                command, self.command = self.command, {}
                progress = training.send(command or None)
        except StopIteration:
            self.ending = "complete"
        except Problem:  # the network is as it was at the last event
            if self.session.progress is not None:
                self._save(self.session.card())
            raise
        finally:
            self._send()
        if self.session.progress is not None:
            self._save(self.session.card())
            if evaluate and self.ending in ("complete", "budget"):
                self._measure(self.session.card())
        self.pipe.send(("ended", self.ending))

    def _read_inbox(self) -> None:
        """Do what was said; while paused, wait for more."""
        while not self.ending and (self.paused or not self.inbox.empty()):
            if self.paused:
                self._send()
            kind, content = self.inbox.get()
            if kind == "end":
                self.ending = content
            elif kind == "pause":
                self.paused = content
                # Whoever looks meanwhile has the network of this very step.
                self._save(self.session.card())
            elif kind == "advance":
                break
            elif kind == "send":
                self.command |= content

    def _send(self) -> None:
        """Send the events since; of several previews the last."""
        last = max((i for i, (p, _) in enumerate(self.outbox) if p.preview), default=None)
        events = [
            (event if index == last else replace(event, preview=None), seconds)
            for index, (event, seconds) in enumerate(self.outbox)
        ]
        if events:
            self.pipe.send(("events", events))
        self.outbox = []

    def _save(self, card: Card) -> None:
        """Write weights and card as one file, so that they always are a pair."""
        weights, card = checkpoint.serialise(self.session.model, card)
        checkpoint.replace_file(self.file, archive.pack(card.recipe, weights, card))

    def _measure(self, card: Card) -> None:
        """Add the figures of the network to its card, where the data have a test set."""
        self.pipe.send(("measuring", self.ending))
        try:
            metrics = self.session.evaluate(quick=True)
        except Problem as problem:
            if problem.key != "data.no_test":
                raise
        else:
            measured = {"metrics": metrics.values, "samples": metrics.samples}
            self._save(replace(card, **measured, notes=metrics.notes))
