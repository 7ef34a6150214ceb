"""A class on one server: python -m tests.benchmarks.classroom [--visitors 30] [--seconds 300]

Starts the lab as a visitor would get it. So many visitors come within the first seconds, over HTTP
as a browser does and at a human pace, and use all four tabs; in the second half of the time one
training after the other runs, and some visitors leave midway. Prints for everything done: how
often, errors, and how long it took, in milliseconds, in each half; the server's memory (all its
processes), the page's processor time, and the size of its temporary folder. Each visitor translates
sentences of its own; whether each saw their own French is found out afterwards. Exits with 1 where
something failed.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import httpx
import psutil

from core.cartpole.environment import EARTH
from core.recipes import find
from core.translation.decode import translate as decode_one
from core.translation.model import Transformer
from core.translation.vocabulary import Vocabulary
from pages.app.server import CLOSED_SECONDS, SWEEP_SECONDS
from tests.serving import ROOT, free_port, wait_for
from tests.visitors import Page, Visitor

COME = 10.0  # seconds in which the class opens the page; as long again, it is told apart
WORDS = ("black", "old", "white", "small", "big", "red", "green", "blue", "new", "young")
THINGS = ("cat", "dog", "house", "car", "book", "table", "chair", "boat", "bird", "horse")
SETTLE = CLOSED_SECONDS + 2 * SWEEP_SECONDS


answers: list[tuple[str, str]] = []  # English sentences and what their visitors saw as French


class Class:
    """What its visitors did, by what it was, in both halves."""

    def __init__(self, seated: float, half: float):
        self.seated, self.half = seated, half
        self.took: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
        self.wrong: dict[str, list[str]] = defaultdict(list)

    def note(self, name: str, seconds: float, wrong: str) -> None:
        if time.monotonic() < self.seated and not name.startswith("open the page"):
            name = f"{name} (all come)"
        self.took[name][time.monotonic() > self.half].append(1000 * seconds)
        if wrong:
            self.wrong[name].append(wrong)

    def report(self) -> None:
        print(f"{'':24}{'idle server':>31}   {'while one trains':>31}")
        heads = "requests    p50    p95    p99"
        print(f"{'':24}{heads:>31}   {heads:>31}   errors")
        self.took.pop("train", None)  # lasts as long as its visitor looks on
        for name, halves in sorted(self.took.items()):
            cells = "   ".join(f"{self.cell(times):>31}" for times in halves)
            print(f"{name:24}{cells}   {len(self.wrong[name]):6}")
        for name, wrong in self.wrong.items():
            for said in sorted(set(wrong))[:3]:
                print(f"  {name}: {said}")

    @staticmethod
    def cell(times: list[float]) -> str:
        if len(times) < 2:
            return f"{len(times)}                     "
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        return f"{len(times):7,} {cuts[49]:7.0f} {cuts[94]:6.0f} {cuts[98]:6.0f}"


async def student(number: int, visitor: Visitor, until: float, chance: random.Random) -> None:
    """One visitor, from tab to tab until the time is over, or away somewhere in the second half."""
    await asyncio.sleep(chance.uniform(0, COME))
    await visitor.load()
    if number % 5 == 4:
        until -= chance.uniform(0, 0.4) * (until - time.monotonic())
    tabs = [translate, steer, decode, balance]
    chance.shuffle(tabs)
    while time.monotonic() < until:
        for look in tabs:
            await look(visitor, chance)
    visitor.leave()


async def pause(chance: random.Random, low: float = 0.5, high: float = 3.0) -> None:
    await asyncio.sleep(chance.uniform(low, high))


async def visit(visitor: Visitor, name: str) -> int:
    """Open a tab; the first is open, and nothing hangs on its being chosen."""
    tab = visitor.page.tab(name)
    if visitor.page.wired(tab, "select"):
        await visitor.fire("open a tab", tab, "select", selected=True)
    return tab


async def translate(visitor: Visitor, chance: random.Random) -> None:
    """Translate three sentences of one's own, and look at the next tokens of the last."""
    tab = await visit(visitor, "Translation")
    english, french = (visitor.page.find(tab, "textbox", name) for name in ("English", "French"))
    button = visitor.page.find(tab, "button", "Translate")
    for _ in range(3):
        await pause(chance, 2, 6)
        words = [chance.choice(WORDS), chance.choice(THINGS), chance.choice(THINGS)]
        visitor.values[english] = "The {} {} is on the {}.".format(*words)
        visitor.values[french] = ""
        await visitor.fire("translate", button, "click")
        answers.append((visitor.values[english], visitor.values[french]))
    place = visitor.page.tab("Translation", "Step by step")
    await visitor.fire("open a section", place, "select", selected=True)
    best = visitor.page.find(place, "button", "Take the likeliest")
    for _ in range(3):
        await pause(chance)
        await visitor.fire("next token", best, "click")


async def steer(visitor: Visitor, chance: random.Random) -> None:
    """Pull a slider of the generator, and ask for other digits."""
    tab = await visit(visitor, "Digits")
    place = visitor.page.tab("Digits", "Steer")
    sliders = [visitor.page.find(place, "slider", "", number) for number in range(3)]
    another = visitor.page.find(tab, "button", "Another digit")
    for slider in sliders:
        await pause(chance)
        for _ in range(8):
            await visitor.fire("steer a digit", slider, "input", chance.uniform(-2, 2))
            await asyncio.sleep(0.1)
        await visitor.fire("another digit", another, "click")


async def decode(visitor: Visitor, chance: random.Random) -> None:
    """Pull the sliders of a code."""
    await visit(visitor, "Autoencoder")
    place = visitor.page.tab("Autoencoder", "Explore", "Decode")
    for number in range(3):
        slider = visitor.page.find(place, "slider", "", number)
        await pause(chance)
        for _ in range(8):
            await visitor.fire("decode a code", slider, "input", chance.uniform(-1, 1))
            await asyncio.sleep(0.1)


async def balance(visitor: Visitor, chance: random.Random) -> None:
    """Watch the agent for twelve seconds."""
    await visit(visitor, "CartPole")
    place = visitor.page.tab("CartPole", "Watch and push")
    cart = visitor.page.find(place, "html")
    agent = {"name": "cartpole-best", "visitor": visitor.token}
    state, elapsed, seed = None, 0, chance.randrange(10**6)
    for _ in range(6):
        asked = {"who": agent, "world": EARTH.to_dict(), "state": state, "seed": seed,
                 "steps": 100, "elapsed": elapsed, "waiting": [], "limit": 500}  # fmt: skip
        got = await visitor.serve("act", cart, "steps", asked)
        if got is None or got.get("problem"):
            visitor.note("act", 0.0, str(got)[:100])
            return
        state = None if got["ended"] else got["last"]
        elapsed = 0 if got["ended"] else elapsed + 100
        await asyncio.sleep(2)


async def trainer(visitor: Visitor, begin: float, until: float) -> None:
    """Somebody who trains, again and again, in the second half."""
    await visitor.load()
    await asyncio.sleep(max(0.0, begin - time.monotonic()))
    tab = visitor.page.tab("Translation", "Train")
    press, halt = (visitor.page.find(tab, "button", name) for name in ("Train", "Stop"))
    while time.monotonic() < until:
        running = asyncio.create_task(visitor.fire("train", press, "click"))
        await asyncio.sleep(min(60.0, max(1.0, until - time.monotonic())))
        await visitor.fire("stop", halt, "click")
        await running
    visitor.leave()


def memory(app: psutil.Process) -> float:
    """Proportional memory of the server and its children, in MB: what they share counts once."""
    total = 0
    for process in [app, *app.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def spent(app: psutil.Process) -> float:
    """Processor seconds of the server itself."""
    times = app.cpu_times()
    return times.user + times.system


async def teach(address: str, app: psutil.Process, visitors: int, seconds: float) -> Class:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        page = Page((await client.get(f"{address}config")).json())
        begin = time.monotonic()
        until = begin + seconds
        room = Class(begin + 2 * COME, begin + seconds / 2)
        come = [Visitor(page, client, address, room.note) for _ in range(visitors + 1)]
        work = [student(i, each, until, random.Random(i)) for i, each in enumerate(come[1:])]
        group = asyncio.gather(*work, trainer(come[0], room.half, until), return_exceptions=True)
        peak, before = 0.0, spent(app)
        while not group.done():
            peak = max(peak, memory(app))
            await asyncio.wait([group], timeout=2)
        for found in await group:
            if isinstance(found, BaseException):
                room.wrong["a visitor"].append(repr(found)[:300])
        used = (spent(app) - before) / (time.monotonic() - begin)
        print(f"peak {peak:,.0f} MB; the page's process used {used:.0%} of one core")
    return room


def foreign() -> int:
    """How many visitors saw another French than their own sentence's."""
    model, _ = find("translation").load()
    assert isinstance(model, Transformer)
    vocabulary = Vocabulary(model.merges.numpy())
    own = {english: decode_one(model, vocabulary, english).text for english, _ in answers}
    return sum(own[english] != french for english, french in answers)


def size(folder: Path) -> float:
    """Megabytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=300)
    flags = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        app = psutil.Popen(
            [sys.executable, "app.py", "--no-browser", "--port", str(port)],
            cwd=ROOT, stdout=-3, env=os.environ | {"TMPDIR": folder},
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/"
            wait_for(address, app)
            time.sleep(30)  # what is made ready behind the first page is part of the start
            print(f"start {memory(app):,.0f} MB, temporary files {size(Path(folder)):.1f} MB")
            room = asyncio.run(teach(address, app, flags.visitors, flags.seconds))
            time.sleep(SETTLE)
            print(f"end {memory(app):,.0f} MB, temporary files {size(Path(folder)):.1f} MB")
        finally:
            app.terminate()
            app.wait(30)
    room.report()
    strange = foreign()
    print(f"{len(answers)} translations, of which {strange} were not of the visitor's own sentence")
    return 1 if strange or any(room.wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
