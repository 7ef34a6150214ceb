"""Watch the agent, push it, race it; beside it the map of what it would do.

The visitor learns that an agent is nothing but an answer to every state: two Q-values, of which
the greater one is obeyed.
"""

from functools import partial
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.cartpole import board, episode, policy
from pages.cartpole.stage import Stage, agent, feed
from pages.widgets.cart import cart


def meet(lab: Lab, name: str, version: int, visitor: str, language: str) -> dict[str, Any]:
    """Let the cart follow the chosen agent."""
    return gr.update(agent=agent(name, version, visitor))


def go_on(lab: Lab, endless: bool, visitor: str, language: str) -> dict[str, Any]:
    """Whether an episode goes on after 500 steps."""
    return gr.update(rules={"endless": bool(endless)})


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The cart and the map; below, the visit's rounds and an episode to look at and to record."""
    lab.say(gr.Markdown(elem_classes=["hint", "below"]), value="cartpole.watch.hint")
    with gr.Row():
        with gr.Column(scale=11, min_width=640):
            first = agent(stage.network.value, 0, "")
            live = lab.say(
                cart(partial(feed, lab), name="live", agent=first), words="cartpole_view.cart"
            )
            endless = lab.say(
                gr.Checkbox(False, interactive=True, container=False),
                label="cartpole.watch.endless",
            )
            lab.say(gr.Markdown(elem_classes="subtitle"), value="cartpole.board.title")
            table = gr.Markdown(elem_classes="results")
        with gr.Column(scale=4, min_width=280):
            policy.build(lab, stage, live)
    with gr.Row():
        with gr.Column(min_width=300):
            seed = episode.build_seen(lab, stage)
        with gr.Column(min_width=300):
            episode.build_record(lab, stage, seed)

    rounds = gr.State([])
    chosen = [stage.network, stage.version]
    lab.on([stage.network.change, stage.version.change], meet, chosen, [live])
    lab.on(endless.input, go_on, [endless], [live])
    told = ("steps", "end", "rival", "pace", "usual")
    lab.on(live.played, board.note, [rounds], [rounds, table], told)  # type: ignore[attr-defined]
    lab.on([lab.opened, lab.spoken.change], board.show, [rounds], [table])
