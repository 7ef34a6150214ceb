"""An example replay buffer: filled by training a copy of the chosen agent for some steps."""

import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from core.cartpole.agent import DQNAgent
from core.cartpole.replay_buffer import Batch
from core.checks import check_seed
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.cartpole.stage import check_choice, network_of

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
    config: Any


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


def chosen_buffer(lab: Lab, name: str, n_step: Any, visitor: str) -> ExampleBuffer:
    check_choice("n_step", n_step, N_STEPS)
    return fill_buffer(network_of(lab, name, visitor), int(n_step))


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
