"""Watch the agent, push it or race against it; beside it the policy map.

Lesson: a greedy policy maps every state to two Q-values and takes the action of the greater one.
"""

from functools import partial
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.app.request import Request
from pages.cartpole import episode, policy_map, scoreboard
from pages.cartpole.shared import Shared, agent_of, next_steps
from pages.widgets.cart import cart


def show_agent(request: Request, *, network: str, version: int) -> dict[str, Any]:
    """Give the cart the chosen agent."""
    return gr.update(agent=agent_of(network, version, request.visitor))


def set_endless(request: Request, *, endless: bool) -> dict[str, Any]:
    """Set whether an episode continues after 500 steps."""
    return gr.update(rules={"endless": bool(endless)})


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The cart and the policy map; below, the scoreboard, and an episode to record."""
    lab.translate(gr.Markdown(elem_classes=["hint", "below"]), value="cartpole.watch.hint")
    with gr.Row():
        with gr.Column(scale=11, min_width=640):
            agent = agent_of(shared.network.value, 0, "")
            live = lab.translate(
                cart(partial(next_steps, lab), name="live", agent=agent), words="cartpole_view.cart"
            )
            endless = lab.translate(
                gr.Checkbox(False, interactive=True, container=False),
                label="cartpole.watch.endless",
            )
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="cartpole.board.title")
            table = gr.Markdown(elem_classes="results")
        with gr.Column(scale=4, min_width=280):
            policy_map.build(lab, shared, live)
    with gr.Row():
        with gr.Column(min_width=300):
            seed = episode.build_observations(lab, shared)
        with gr.Column(min_width=300):
            episode.build_recording(lab, shared, seed)

    on, rounds = lab.events.on, gr.State([])
    chosen = {"network": shared.network, "version": shared.version}
    on([shared.network.change, shared.version.change], show_agent, chosen, live)
    on(endless.input, set_endless, {"endless": endless}, live)
    on(
        live.played,  # type: ignore[attr-defined]
        scoreboard.add_round, {"rounds": rounds}, {"rounds": rounds, "table": table}, ["played"],
    )  # fmt: skip
    events = [lab.events.tab_opened, lab.events.language_switched]
    on(events, scoreboard.show_rounds, {"rounds": rounds}, table)
