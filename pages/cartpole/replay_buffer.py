"""The replay buffer section: a batch of transitions, and one update with its numbers.

Lesson: the agent trains on single transitions in random order; each target is half observed reward,
half the network's own estimate.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import numpy as np
import torch

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.environment import TRACK_LIMIT
from core.cartpole.replay_buffer import Batch
from core.cartpole.td_update import TDUpdate, td_update
from core.checks import check_count, check_seed
from pages.app.first_visit import first_visit
from pages.app.lab import Lab
from pages.app.lessons import formulas
from pages.app.networks import Network
from pages.app.request import Request
from pages.cartpole.shared import Shared, check_choice, network_of
from pages.widgets.transitions import transitions

RATE = 1e-2  # of one gradient descent step, large enough for a visible change
SHOWN = 16
STEPS = 1_500  # of training, to fill the buffer
EPSILON = 0.5  # high, so that a trained agent falls too
KINDS = ("random", "errors", "ends")
TARGETS = ("single", "double")
N_STEPS = (1, 3, 5)


@dataclass(eq=False)
class ExampleBuffer:
    """The agent that filled the buffer, with its networks, and its config."""

    agent: DQNAgent
    config: QConfig


def fill_buffer(network: Network, n_step: int) -> ExampleBuffer:
    """Train a copy of a network for `STEPS` steps; cached for each n_step."""

    def make() -> ExampleBuffer:
        config = replace(
            network.model.config,
            steps=STEPS, warm_up=400, n_step=n_step, replay_size=STEPS, update_every=4, updates=2,
            target="copied", copy_every=200, average="off", mirrored="off", learning_rate=5e-4,
            epsilon_start=EPSILON, epsilon_end=EPSILON, replay="on", terminals="marked",
        )  # fmt: skip
        agent = DQNAgent(copy.deepcopy(network.model).train(), config)
        while agent.step < STEPS:
            agent.advance(config)
        return ExampleBuffer(agent, config)

    return network.keep(f"rehearsal {n_step}", make)


def offered_settings(network: Network) -> tuple[str, int]:
    """The kind of target and the n_step of an agent's training, or the nearest offered."""
    config = network.model.config
    nearest = min(N_STEPS, key=lambda each: abs(each - config.n_step))
    return TARGETS[config.double == "on"], nearest


def sample_batch(example: ExampleBuffer, kind: str, seed: int, double: bool) -> Batch:
    """At most 16 transitions of the buffer.

    kind: "random", uniform; "errors", the largest TD errors; "ends", the last of an episode.
    """
    agent, buffer = example.agent, example.agent.replay_buffer
    all_indices = np.arange(len(buffer))
    if kind == "random":
        generator = torch.Generator().manual_seed(check_seed(seed))
        indices = buffer.sample((SHOWN,), generator)
    else:
        _, errors = targets_and_errors(example, buffer.batch(all_indices, agent.device), double)
        if kind == "errors":
            indices = np.argsort(-np.abs(errors))[:SHOWN]
        else:
            whole = buffer.batch(all_indices)
            ended = (whole.terminated + whole.truncated).numpy() > 0
            random = np.random.default_rng(check_seed(seed))
            indices = random.permutation(all_indices[ended])[:SHOWN]
    return buffer.batch(indices, agent.device)


@torch.no_grad()
def targets_and_errors(
    example: ExampleBuffer, batch: Batch, double: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The TD target and the TD error of each transition (B,)."""
    agent = example.agent
    config = replace(example.config, double="on" if double else "off")
    q_taken = agent.online_network(batch.states).gather(1, batch.actions[:, None])[:, 0]
    targets = agent.td_targets(batch, config)
    return targets.cpu().numpy(), (targets - q_taken).cpu().numpy()


Choice = Mapping[str, Any]  # kind, target, n_step


def show_batch(
    request: Request, *, network: str, choice: Choice, seed: int, index: int
) -> dict[str, Any]:
    """The batch as cards, its summary, and the update of the chosen transition.

    Raises `Problem` ("setting.choice", "recipe.*").
    """
    kind, n_step = check_choice("kind", choice["kind"], KINDS), choice["n_step"]
    double = check_choice("kind", choice["target"], TARGETS) == "double"
    n_step = int(check_choice("n_step", n_step, N_STEPS))
    example = fill_buffer(network_of(request, network), n_step)
    batch = sample_batch(example, kind, seed, double)
    targets, errors = targets_and_errors(example, batch, double)
    another = gr.update(interactive=kind == "random")  # only these can be drawn again
    if not len(errors):
        none = request.text("cartpole_memory.none")
        return {"another": another, "cards": {"cards": []}, "summary": none, "update": ""}
    index = min(index, len(errors) - 1)
    shown = cards(batch, targets, errors, index)
    return {
        "another": another,
        "cards": {"cards": shown, "widest": float(np.abs(errors).max()) or 1.0},
        "summary": summary(request, example, batch, errors, n_step),
        "update": equation(request, example, batch, index, double),
    }


def show_agent(
    request: Request, *, network: str, choice: Choice, seed: int, index: int
) -> dict[str, Any]:
    """Select the target and n_step of the chosen agent, and show its batch."""
    target, n_step = offered_settings(network_of(request, network))
    choice = {**choice, "target": target, "n_step": n_step}
    shown = show_batch(request, network=network, choice=choice, seed=seed, index=index)
    return {"target": target, "n_step": n_step, **shown}


def switch_language(
    request: Request, *, visited: bool, network: str, choice: Choice, seed: int, index: int
) -> dict[str, Any]:
    """The section in another language, if it was opened."""
    if not visited:
        return {}
    return show_batch(request, network=network, choice=choice, seed=seed, index=index)


def draw_again(request: Request, *, network: str, choice: Choice, seed: int) -> dict[str, Any]:
    """Sample another batch."""
    seed = check_seed(seed) + 1
    shown = show_batch(request, network=network, choice=choice, seed=seed, index=0)
    return {"seed": seed, "index": 0, **shown}


def pick(
    request: Request, *, index: Any, network: str, choice: Choice, seed: int
) -> dict[str, Any]:
    """Show the update of another transition of the batch."""
    index = check_count("index", index, 0, SHOWN - 1)
    shown = show_batch(request, network=network, choice=choice, seed=seed, index=index)
    return {"index": index, **shown}


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
    request: Request, example: ExampleBuffer, batch: Batch, errors: np.ndarray, n_step: int
) -> str:
    """A summary of the batch."""
    buffer = example.agent.replay_buffer
    whole = buffer.batch(np.arange(len(buffer)))
    counts = request.text(
        "cartpole_memory.summary",
        size=f"{len(buffer):,}", ends=int(whole.terminated.sum()), shown=len(errors),
        here=int(batch.terminated.sum()), error=f"{np.abs(errors).mean():.2f}",
        largest=f"{np.abs(errors).max():.1f}",
    )  # fmt: skip
    return f"{counts} {request.text('cartpole_memory.shared', n=n_step)}" if n_step > 1 else counts


def update_of(example: ExampleBuffer, batch: Batch, index: int, double: bool) -> TDUpdate:
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


def equation(
    request: Request, example: ExampleBuffer, batch: Batch, index: int, double: bool
) -> str:
    """One update as the Bellman equation, with its numbers."""
    found = update_of(example, batch, index, double)
    n_step, text = example.config.n_step, request.text
    action, end = int(batch.actions[index]), end_of(batch, index)
    before, after = float(found.q[action]), float(found.q_after[action])
    # Enough digits to show the change.
    digits = int(np.clip(1 - np.log10(max(abs(after - before), 1e-9)), 2, 6))
    values = {
        "state": vector(batch.states[index]),
        "next": vector(batch.next_states[index]),
        "action": text(f"cartpole_memory.{'right' if action else 'left'}"),
        "reward": f"{float(batch.rewards[index]):.2f}",
        "discount": f"{float(batch.discounts[index]):.4g}",
        "power": "^k" if n_step > 1 else "",
        "q": f"{found.q[action]:.2f}",
        "less": f"{found.td_target:.2f} - {found.q[action]:.2f}".replace("- -", "+ "),
        "target_q": pair(found.target_q),
        "next_q": pair(found.next_q),
        "chosen": text(f"cartpole_memory.{'right' if found.next_action else 'left'}"),
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
    parts = [text("cartpole_memory.step.transition", **values)]
    if n_step > 1:
        parts.append(text("cartpole_memory.step.n_step", n=n_step, **values))
    parts.append(text(f"cartpole_memory.step.{case}", **values))
    if end == "truncated":
        parts.append(text("cartpole_memory.step.truncated"))
    parts.append(text("cartpole_memory.step.error", **values))
    return "\n\n".join(parts)


def vector(state: torch.Tensor) -> str:
    return "(" + ",\\ ".join(f"{value:.2f}" for value in state.tolist()) + ")"


def pair(q: np.ndarray) -> str:
    return ",\\ ".join(f"{value:.2f}" for value in q)


def prepare(network: Network) -> None:
    """Fill the buffer that the section shows first for a network."""
    fill_buffer(network, offered_settings(network)[1])


def build(lab: Lab, shared: Shared, place: gr.Tab) -> None:
    """The batch on the left, one update on the right."""
    lab.translate(gr.Markdown(elem_classes="hint"), value="cartpole_memory.hint")
    with gr.Row():
        kind = lab.translate(
            gr.Radio(list(KINDS), value=KINDS[0], interactive=True),
            label="cartpole_memory.kind",
            choices={name: f"cartpole_memory.kinds.{name}" for name in KINDS},
        )
        target = lab.translate(
            gr.Radio(list(TARGETS), value=TARGETS[0], interactive=True),
            label="cartpole_memory.target",
            choices={name: f"cartpole_memory.targets.{name}" for name in TARGETS},
        )
        n_step = lab.translate(
            gr.Radio([(str(n), n) for n in N_STEPS], value=1, interactive=True),
            label="cartpole_memory.n_step",
        )
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            view = lab.translate(transitions(), words="cartpole_memory.words")
            another = lab.translate(gr.Button(), value="cartpole_memory.another")
            note = gr.Markdown(elem_classes="verdict")
        with gr.Column(scale=2, min_width=320):
            lab.translate(gr.Markdown(elem_classes="subtitle"), value="cartpole_memory.worked")
            worked_out = formulas()

    on, seed, index = lab.events.on, gr.State(0), gr.State(0)
    own = {"kind": kind, "target": target, "n_step": n_step}
    drawn: dict[str, Any] = {"network": shared.network, "choice": own, "seed": seed}
    inputs = {**drawn, "index": index}
    outputs = {"another": another, "cards": view, "summary": note, "update": worked_out}
    visited = first_visit(place)
    on(
        [shared.network.change, shared.version.change], show_agent, inputs,
        {"target": target, "n_step": n_step, **outputs}, after=visited,
    )  # fmt: skip
    on(lab.events.language_switched, switch_language, {"visited": visited, **inputs}, outputs)
    on([kind.input, target.input, n_step.input], show_batch, inputs, outputs)
    on(another.click, draw_again, drawn, {"seed": seed, "index": index, **outputs})
    on(view.picked, pick, drawn, {"index": index, **outputs}, ["index"])  # type: ignore[attr-defined]
