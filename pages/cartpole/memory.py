"""The replay memory: a batch of real transitions, and one update worked out as Bellman's equation.

The visitor learns what an agent learns from: not episodes but single steps, out of order, each with
a target that is half fact and half the network's own opinion.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
import torch

from core.cartpole.bellman import Update, work_out
from core.cartpole.replay import Batch
from core.cartpole.world import TRACK
from core.checks import check_count, check_seed
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.lessons import formulas
from pages.cartpole.rehearsal import (
    KINDS,
    N_STEPS,
    SHOWN,
    TARGETS,
    Rehearsal,
    chosen_rehearsal,
    draw,
    judge,
    rehearse,
    settings_of,
)
from pages.cartpole.stage import Stage, network_of
from pages.text import text
from pages.widgets.transitions import transitions

RATE = 1e-2  # of the one step of plain gradient descent, large enough to see


def open_section(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show the section, and keep it up to date from now on."""
    if opened:
        return [True, gr.skip(), gr.skip(), *show(lab, *inputs)]
    return [True, *meet(lab, True, *inputs)]


def meet(lab: Lab, opened: bool, name: str, kind: str, *rest: Any) -> Sequence[Any]:
    """Another agent: its own target and number of rewards, as far as they are offered."""
    if not opened:
        return [gr.skip()] * 5
    *_, seed, index, visitor, language = rest
    target, n_step = settings_of(network_of(lab, name, visitor))
    return [target, n_step, *show(lab, name, kind, target, n_step, seed, index, visitor, language)]


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show it in another language, if the section was ever opened."""
    return show(lab, *inputs) if opened else [gr.skip()] * 3


def choose(lab: Lab, *inputs: Any) -> Sequence[Any]:
    """Look at other transitions; only those drawn at random can be drawn again."""
    return [gr.update(interactive=inputs[1] == "random"), *show(lab, *inputs)]


def draw_again(lab: Lab, seed: int, *inputs: Any) -> Sequence[Any]:
    """Another batch."""
    name, kind, target, n_step, _, _, visitor, language = inputs
    seed = check_seed(seed) + 1
    return [seed, 0, *show(lab, name, kind, target, n_step, seed, 0, visitor, language)]


def pick(lab: Lab, index: Any, *inputs: Any) -> Sequence[Any]:
    """Work out another transition of the batch."""
    name, kind, target, n_step, seed, _, visitor, language = inputs
    index = check_count("index", index, 0, SHOWN - 1)
    return [index, *show(lab, name, kind, target, n_step, seed, index, visitor, language)]


def show(
    lab: Lab,
    name: str,
    kind: str,
    target: str,
    n_step: int,
    seed: int,
    index: int,
    visitor: str,
    language: str,
) -> Sequence[Any]:
    """The batch as cards, what it says, and the chosen transition's update."""
    for given, choices in ((kind, KINDS), (target, TARGETS)):
        if given not in choices:
            raise Problem("setting.choice", name="kind", choices=", ".join(choices),
                          value=str(given)[:80], nearest=choices[0])  # fmt: skip
    rehearsal = chosen_rehearsal(lab, name, n_step, visitor)
    double = target == "double"
    batch = draw(rehearsal, kind, seed, double)
    targets, errors = judge(rehearsal, batch, double)
    if not len(errors):
        return [{"cards": []}, text("cartpole_memory.none", language), ""]
    index = min(index, len(errors) - 1)
    found = worked(rehearsal, batch, index, double)
    return [
        {
            "cards": cards(batch, targets, errors, index),
            "widest": float(np.abs(errors).max()) or 1.0,
        },
        summary(rehearsal, batch, errors, int(n_step), language),
        equation(batch, index, found, double, int(n_step), language),
    ]


def worked(rehearsal: Rehearsal, batch: Batch, index: int, double: bool) -> Update:
    """The update that one transition of a batch makes."""
    learner = rehearsal.learner
    return work_out(
        learner.online,
        learner.target,
        batch.states[index].tolist(),
        int(batch.actions[index]),
        float(batch.rewards[index]),
        batch.next_states[index].tolist(),
        bool(batch.terminated[index]),
        float(batch.discounts[index]),
        double,
        RATE,
    )


def end_of(batch: Batch, index: int) -> str:
    """Whether the episode ended there, and how: terminated, off (the track), truncated or ""."""
    if batch.terminated[index]:
        return "off" if abs(float(batch.next_states[index][0])) > TRACK else "terminated"
    return "truncated" if batch.truncated[index] else ""


def cards(
    batch: Batch, targets: np.ndarray, errors: np.ndarray, chosen: int
) -> list[dict[str, Any]]:
    """The transitions as the view takes them."""
    states = np.round(batch.states.cpu().numpy().astype(float), 4)
    return [
        {
            "state": states[at].tolist(),
            "action": int(batch.actions[at]),
            "target": round(float(targets[at]), 3),
            "error": round(float(errors[at]), 3),
            "end": end_of(batch, at),
            "selected": at == chosen,
        }
        for at in range(len(errors))
    ]


def summary(
    rehearsal: Rehearsal, batch: Batch, errors: np.ndarray, n_step: int, language: str
) -> str:
    """What is to be seen in the batch, in words."""
    memory = rehearsal.learner.replay
    whole = memory.take(np.arange(len(memory)))
    said = text(
        "cartpole_memory.summary", language,
        size=f"{len(memory):,}", ends=int(whole.terminated.sum()), shown=len(errors),
        here=int(batch.terminated.sum()), error=f"{np.abs(errors).mean():.2f}",
        largest=f"{np.abs(errors).max():.1f}",
    )  # fmt: skip
    return f"{said} {text('cartpole_memory.shared', language, n=n_step)}" if n_step > 1 else said


def equation(
    batch: Batch, index: int, found: Update, double: bool, n_step: int, language: str
) -> str:
    """One update as Bellman's equation, with its numbers."""
    action, end = int(batch.actions[index]), end_of(batch, index)
    before, after = float(found.q[action]), float(found.q_after[action])
    # As many digits as it takes to see the change.
    digits = int(np.clip(1 - np.log10(max(abs(after - before), 1e-9)), 2, 6))
    values = {
        "state": vector(batch.states[index]),
        "next": vector(batch.next_states[index]),
        "action": text(f"cartpole_memory.{'right' if action else 'left'}", language),
        "reward": f"{float(batch.rewards[index]):.2f}",
        "discount": f"{float(batch.discounts[index]):.4g}",
        "power": "^k" if n_step > 1 else "",
        "q": f"{found.q[action]:.2f}",
        "less": f"{found.target:.2f} - {found.q[action]:.2f}".replace("- -", "+ "),
        "target_q": pair(found.target_q),
        "next_q": pair(found.next_q),
        "chosen": text(f"cartpole_memory.{'right' if found.chosen else 'left'}", language),
        "future": f"{found.future:.2f}",
        "y": f"{found.target:.2f}",
        "error": f"{found.error:+.2f}",
        "loss": f"{found.loss:.2e}",
        "before": f"{before:.{digits}f}",
        "after": f"{after:.{digits}f}",
        "rate": f"{RATE:g}",
    }
    ended = end in ("terminated", "off")
    case = "terminated" if ended else "double" if double else "single"
    parts = [text("cartpole_memory.step.transition", language, **values)]
    if n_step > 1:
        parts.append(text("cartpole_memory.step.n_step", language, n=n_step, **values))
    parts.append(text(f"cartpole_memory.step.{case}", language, **values))
    if end == "truncated":
        parts.append(text("cartpole_memory.step.truncated", language))
    parts.append(text("cartpole_memory.step.error", language, **values))
    return "\n\n".join(parts)


def vector(state: torch.Tensor) -> str:
    return "(" + ",\\ ".join(f"{value:.2f}" for value in state.tolist()) + ")"


def pair(q: np.ndarray) -> str:
    return ",\\ ".join(f"{value:.2f}" for value in q)


def prepare(lab: Lab, name: str) -> None:
    """Fill the memory that is shown first."""
    network = network_of(lab, name, "")
    rehearse(network, settings_of(network)[1])


def build(lab: Lab, stage: Stage, place: gr.Tab) -> None:
    """The batch on the left, one update on the right."""
    lab.say(gr.Markdown(elem_classes="hint"), value="cartpole_memory.hint")
    with gr.Row():
        kind = lab.say(
            gr.Radio(list(KINDS), value=KINDS[0], interactive=True),
            label="cartpole_memory.kind",
            choices={name: f"cartpole_memory.kinds.{name}" for name in KINDS},
        )
        target = lab.say(
            gr.Radio(list(TARGETS), value=TARGETS[0], interactive=True),
            label="cartpole_memory.target",
            choices={name: f"cartpole_memory.targets.{name}" for name in TARGETS},
        )
        n_step = lab.say(
            gr.Radio([(str(n), n) for n in N_STEPS], value=1, interactive=True),
            label="cartpole_memory.n_step",
        )
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            view = lab.say(transitions(), words="cartpole_memory.words")
            another = lab.say(gr.Button(), value="cartpole_memory.another")
            said = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=2, min_width=320):
            lab.say(gr.Markdown(elem_classes="subtitle"), value="cartpole_memory.worked")
            worked_out = formulas()

    opened, seed, index = gr.State(False), gr.State(0), gr.State(0)
    inputs = [stage.network, kind, target, n_step, seed, index]
    outputs = [view, said, worked_out]
    own = [target, n_step, *outputs]
    lab.on(place.select, open_section, [opened, *inputs], [opened, *own])
    lab.on([stage.network.change, stage.version.change], meet, [opened, *inputs], own)
    lab.on(lab.spoken.change, look_again, [opened, *inputs], outputs)
    lab.on(kind.input, choose, inputs, [another, *outputs])
    lab.on([target.input, n_step.input], show, inputs, outputs)
    lab.on(another.click, draw_again, [seed, *inputs], [seed, index, *outputs])
    lab.on(view.picked, pick, inputs, [index, *outputs], data=["index"])  # type: ignore[attr-defined]
