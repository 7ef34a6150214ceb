"""What a class that watches CartPole costs the server: python -m tests.benchmarks.live_view

Serves a page with one live cart, whose agent balances and is as wide as the network of the recipe.
Thirty visitors ask for their chunks as a browser does at real time; what they used of one core is
printed, and how long they waited. Then one visitor watches in Chromium without a graphics chip: the
frames drawn and the steps shown, a second.
"""

import asyncio
import statistics
import sys
import time
from typing import Any

import gradio as gr
import httpx
import numpy as np
from playwright.sync_api import sync_playwright

from core.cartpole.config import QConfig
from core.cartpole.environment import EARTH, TIME_STEP
from core.cartpole.policy import Policy
from core.cartpole.rollout import answer_request
from pages.modules import modules_route
from pages.widgets import cart
from tests.carts import balancer
from tests.serving import CHROMIUM, FLAGS, answering

VISITORS = 30
STEPS = 100  # of the world, in a chunk: two seconds
SECONDS = 20.0
CANVAS = "document.querySelector('.nl-cart canvas').dataset"


def serve(port: int) -> None:
    """The page, in a process of its own; asked for "cpu", it tells the seconds it has computed."""
    agent = wide(QConfig().width)

    async def feed(asked: dict[str, Any]) -> dict[str, Any]:
        if asked["who"] == "cpu":
            return {"cpu": time.process_time()}
        run = answer_request(agent, asked)
        over = run.terminated or run.truncated
        return cart.chunk(run.states, run.q, run.actions, run.forces, over)

    with gr.Blocks() as page:
        cart.cart(feed, agent={"who": "agent", "version": 1})
    routes = [modules_route()]
    page.launch(server_port=port, quiet=True, ssr_mode=False, app_kwargs={"routes": routes})


def wide(width: int) -> Policy:
    """The balancer with as many units as a network, most of which have nothing to say."""
    ((weight, bias),) = balancer().layers
    first, last = np.zeros((width, 4), np.float32), np.zeros((2, width), np.float32)
    first[:2], last[:, :2] = weight, [[1, -1], [-1, 1]]
    none = np.zeros(width, np.float32)
    return Policy(((first, none), (np.eye(width, dtype=np.float32), none), (last, bias)))


async def watch(client: httpx.AsyncClient, address: str, component: int, who: int) -> list[float]:
    """One visitor: a chunk every other second. How long each took, in milliseconds."""
    state, seed, elapsed, waits = None, who, 0, []
    pause = STEPS * TIME_STEP
    await asyncio.sleep(who / VISITORS * pause)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        asked = {"who": "agent", "world": EARTH.to_dict(), "state": state, "seed": seed,
                 "steps": STEPS, "elapsed": elapsed, "waiting": [], "limit": 500}  # fmt: skip
        got = await ask(client, address, component, asked, f"visitor{who}")
        waits.append(1_000 * (time.perf_counter() - start))
        state = None if got["ended"] else got["last"]
        elapsed = 0 if got["ended"] else elapsed + STEPS
        seed += VISITORS
        await asyncio.sleep(max(0.0, start + pause - time.perf_counter()))
    return waits


async def ask(client: httpx.AsyncClient, address: str, component: int, asked: Any, who: str) -> Any:
    body = {"session_hash": who, "component_id": component, "fn_name": "steps", "data": asked}
    return (await client.post(f"{address}gradio_api/component_server", json=body)).json()


async def measure(address: str) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        config = (await client.get(f"{address}config")).json()
        component = next(c["id"] for c in config["components"] if c["type"] == "html")
        for visitor in range(VISITORS):  # a session's beginning is no part of watching
            await ask(client, address, component, {"who": "cpu"}, f"visitor{visitor}")
        before = await ask(client, address, component, {"who": "cpu"}, "visitor0")
        start = time.perf_counter()
        waits = await asyncio.gather(
            *(watch(client, address, component, who) for who in range(VISITORS))
        )
        after = await ask(client, address, component, {"who": "cpu"}, "visitor0")
        seconds = time.perf_counter() - start
    each = sorted(wait for visitor in waits for wait in visitor)
    print(
        f"{VISITORS} visitors: {(after['cpu'] - before['cpu']) / seconds:.1%} of one core, "
        f"{len(each) / seconds:.1f} chunks a second, {statistics.median(each):.1f} ms each "
        f"(95 % within {each[int(0.95 * len(each))]:.1f} ms)"
    )


def look(address: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.goto(address)
        page.wait_for_selector(".nl-cart canvas[data-phase=running]")
        page.wait_for_timeout(2_000)
        start, frames, steps = time.perf_counter(), *counted(page)
        page.wait_for_timeout(6_000)
        seconds, after = time.perf_counter() - start, counted(page)
        print(
            f"in Chromium: {(after[0] - frames) / seconds:.1f} frames a second, "
            f"{(after[1] - steps) / seconds:.1f} steps a second"
        )
        browser.close()


def counted(page: Any) -> list[int]:
    return page.evaluate(f"[+{CANVAS}.frames, +{CANVAS}.step]")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        with answering("-m", "tests.benchmarks.live_view", "serve") as address:
            asyncio.run(measure(address))
            look(address)
