"""The replay buffer section: a batch of transitions, and one update with its numbers.

Lesson: the agent trains on single transitions in random order; each target is half observed reward,
half the network's own estimate.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
import torch

from core.cartpole.environment import TRACK_LIMIT
from core.cartpole.replay_buffer import Batch
from core.cartpole.td_update import TDUpdate, td_update
from core.checks import check_count, check_seed
from pages.app.lab import Lab
from pages.app.lessons import formulas
from pages.cartpole.example_buffer import (
    KINDS,
    N_STEPS,
    SHOWN,
    TARGETS,
    ExampleBuffer,
    chosen_buffer,
    fill_buffer,
    offered_settings,
    sample_batch,
    targets_and_errors,
)
from pages.cartpole.stage import Stage, check_choice, network_of
from pages.text import text
from pages.widgets.transitions import transitions

RATE = 1e-2  # of one gradient descent step, large enough for a visible change


def open_section(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """Show the section and mark it as opened."""
    if opened:
        return [True, gr.skip(), gr.skip(), *show(lab, *inputs)]
    return [True, *meet(lab, True, *inputs)]


def meet(lab: Lab, opened: bool, name: str, kind: str, *rest: Any) -> Sequence[Any]:
    """Select the target and n_step of another agent."""
    if not opened:
        return [gr.skip()] * 5
    *_, seed, index, visitor, language = rest
    target, n_step = offered_settings(network_of(lab, name, visitor))
    return [target, n_step, *show(lab, name, kind, target, n_step, seed, index, visitor, language)]


def look_again(lab: Lab, opened: bool, *inputs: Any) -> Sequence[Any]:
    """The section in another language, if it was opened."""
    return show(lab, *inputs) if opened else [gr.skip()] * 3


def choose(lab: Lab, *inputs: Any) -> Sequence[Any]:
    """Show another kind of transitions; only random ones can be drawn again."""
    return [gr.update(interactive=inputs[1] == "random"), *show(lab, *inputs)]


def draw_again(lab: Lab, seed: int, *inputs: Any) -> Sequence[Any]:
    """Sample another batch."""
    name, kind, target, n_step, _, _, visitor, language = inputs
    seed = check_seed(seed) + 1
    return [seed, 0, *show(lab, name, kind, target, n_step, seed, 0, visitor, language)]


def pick(lab: Lab, index: Any, *inputs: Any) -> Sequence[Any]:
    """Show the update of another transition of the batch."""
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
    """The batch as cards, its summary, and the update of the chosen transition."""
    check_choice("kind", kind, KINDS)
    check_choice("kind", target, TARGETS)
    example = chosen_buffer(lab, name, n_step, visitor)
    double = target == "double"
    batch = sample_batch(example, kind, seed, double)
    targets, errors = targets_and_errors(example, batch, double)
    if not len(errors):
        return [{"cards": []}, text("cartpole_memory.none", language), ""]
    index = min(index, len(errors) - 1)
    found = batch_update(example, batch, index, double)
    return [
        {
            "cards": cards(batch, targets, errors, index),
            "widest": float(np.abs(errors).max()) or 1.0,
        },
        summary(example, batch, errors, int(n_step), language),
        equation(batch, index, found, double, int(n_step), language),
    ]


def batch_update(example: ExampleBuffer, batch: Batch, index: int, double: bool) -> TDUpdate:
    """The update from one transition of a batch."""
    agent = example.agent
    return td_update(
        agent.online_network,
        agent.target_network,
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
        return "off" if abs(float(batch.next_states[index][0])) > TRACK_LIMIT else "terminated"
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
    example: ExampleBuffer, batch: Batch, errors: np.ndarray, n_step: int, language: str
) -> str:
    """A summary of the batch."""
    buffer = example.agent.replay_buffer
    whole = buffer.batch(np.arange(len(buffer)))
    said = text(
        "cartpole_memory.summary", language,
        size=f"{len(buffer):,}", ends=int(whole.terminated.sum()), shown=len(errors),
        here=int(batch.terminated.sum()), error=f"{np.abs(errors).mean():.2f}",
        largest=f"{np.abs(errors).max():.1f}",
    )  # fmt: skip
    return f"{said} {text('cartpole_memory.shared', language, n=n_step)}" if n_step > 1 else said


def equation(
    batch: Batch, index: int, found: TDUpdate, double: bool, n_step: int, language: str
) -> str:
    """One update as the Bellman equation, with its numbers."""
    action, end = int(batch.actions[index]), end_of(batch, index)
    before, after = float(found.q[action]), float(found.q_after[action])
    # Enough digits to show the change.
    digits = int(np.clip(1 - np.log10(max(abs(after - before), 1e-9)), 2, 6))
    values = {
        "state": vector(batch.states[index]),
        "next": vector(batch.next_states[index]),
        "action": text(f"cartpole_memory.{'right' if action else 'left'}", language),
        "reward": f"{float(batch.rewards[index]):.2f}",
        "discount": f"{float(batch.discounts[index]):.4g}",
        "power": "^k" if n_step > 1 else "",
        "q": f"{found.q[action]:.2f}",
        "less": f"{found.td_target:.2f} - {found.q[action]:.2f}".replace("- -", "+ "),
        "target_q": pair(found.target_q),
        "next_q": pair(found.next_q),
        "chosen": text(f"cartpole_memory.{'right' if found.next_action else 'left'}", language),
        "future": f"{found.next_value:.2f}",
        "y": f"{found.td_target:.2f}",
        "error": f"{found.td_error:+.2f}",
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
    """Fill the buffer that is shown first."""
    network = network_of(lab, name, "")
    fill_buffer(network, offered_settings(network)[1])


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
