"""A page with a live cart, one that shows a film, and a map, for test_cart.py."""

import sys
from dataclasses import replace
from typing import Any

import gradio as gr

from core.cartpole.policy_map import policy_map
from core.cartpole.rollout import answer_request
from core.errors import Problem
from pages.modules import modules_route
from pages.text import section
from pages.widgets import pack
from pages.widgets.cart import cart, chunk, film
from pages.widgets.heatmap import heatmap
from tests.carts import balancer

# An agent that balances, and one that only ever pushes to the right.
AGENTS = {"good": replace(balancer(), dueling=True), "bad": balancer((0, 0, 0, 0), 1)}
QUIET: dict[str, Any] = {"show_progress": "hidden"}


async def feed(asked: dict[str, Any]) -> dict[str, Any]:
    """The next steps of an agent, as a page would have them made."""
    try:
        run = answer_request(AGENTS[asked["who"]], asked)
    except Problem as problem:
        return {"problem": str(problem)}
    over = run.terminated or run.truncated
    return chunk(run.states, run.q, run.actions, run.forces, over, run.state_values)


def agent(who: str) -> dict[str, Any]:
    return {"who": who, "version": 1}


def words(language: str) -> dict[str, Any]:
    return gr.update(words=section("cartpole_view.cart", language))


def tell(event: gr.EventData) -> str:
    values = event._data.get("played", event._data)
    return " ".join(f"{name}={value}" for name, value in values.items())


with gr.Blocks() as page:
    log = gr.Textbox(elem_id="log")
    with gr.Tabs():
        with gr.Tab("Cart"):
            with gr.Row():
                poor, moon, chinese, dark = (
                    gr.Button(name) for name in ("poor agent", "moon", "chinese", "dark")
                )
            live = cart(feed, name="live", agent=agent("good"), elem_id="cart",
                        words=section("cartpole_view.cart", "en"))  # fmt: skip
            with gr.Row():
                seen = policy_map(AGENTS["good"])
                mapped = heatmap(
                    "live", 300, elem_id="map", words=section("cartpole_view.map", "en"),
                    map={"values": pack(seen.difference), "signed": True},
                )  # fmt: skip
                begun = answer_request(AGENTS["bad"], {"seed": 1})
                corner = cart(None, ["watch"], False, False, elem_id="corner",
                              film=film(begun.states, begun.actions))  # fmt: skip
        with gr.Tab("Other"):
            gr.Markdown("Nothing")

    live.played(tell, None, log, **QUIET)
    live.held(tell, None, log, **QUIET)
    mapped.picked(tell, None, log, **QUIET)
    poor.click(lambda: gr.update(agent=agent("bad")), None, live, **QUIET)
    moon.click(lambda: gr.update(world={"gravity": 1.6}), None, live, **QUIET)
    chinese.click(lambda: words("zh"), None, live, **QUIET)
    dark.click(None, js="() => document.body.classList.toggle('dark')")

if __name__ == "__main__":
    routes = [modules_route()]
    page.launch(
        server_port=int(sys.argv[1]), quiet=True, ssr_mode=False, app_kwargs={"routes": routes}
    )
