"""Watch the agent, push it or race against it; beside it the policy map.

Lesson: a greedy policy maps every state to two Q-values and takes the action of the greater one.
"""

from functools import partial
from typing import Any

import gradio as gr

from pages.app.lab import Lab
from pages.cartpole import episode, policy_map, scoreboard
from pages.cartpole.stage import Stage, agent, feed
from pages.widgets.cart import cart


def meet(lab: Lab, name: str, version: int, visitor: str, language: str) -> dict[str, Any]:
    """Show the chosen agent."""
    return gr.update(agent=agent(name, version, visitor))


def go_on(lab: Lab, endless: bool, visitor: str, language: str) -> dict[str, Any]:
    """Set whether an episode continues after 500 steps."""
    return gr.update(rules={"endless": bool(endless)})


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The cart and the policy map; below, the scoreboard, and an episode to record."""
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
            policy_map.build(lab, stage, live)
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
    lab.on(live.played, scoreboard.note, [rounds], [rounds, table], told)  # type: ignore[attr-defined]
    lab.on([lab.opened, lab.spoken.change], scoreboard.show, [rounds], [table])
