"""A memory to look into: a copy of an agent goes on learning for a while and fills it."""

import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from core.cartpole.learner import Learner
from core.cartpole.replay import Batch
from core.checks import check_seed
from core.errors import Problem
from pages.app.lab import Lab
from pages.app.networks import Network
from pages.cartpole.stage import network_of

SHOWN = 16
STEPS = 1_500  # that the chosen agent goes on learning for, to fill a memory
EPSILON = 0.5  # of them at random: an agent that can balance would hardly ever fall
KINDS = ("random", "errors", "ends")
TARGETS = ("single", "double")
N_STEPS = (1, 3, 5)


@dataclass(eq=False)
class Rehearsal:
    """An agent that goes on learning for a while: its memory, and both its networks."""

    learner: Learner
    config: Any


def rehearse(network: Network, n_step: int) -> Rehearsal:
    """Let a copy of an agent go on learning for some steps, once for each number of steps."""

    def make() -> Rehearsal:
        config = replace(
            network.model.config,
            steps=STEPS, warm_up=400, n_step=n_step, replay_size=STEPS, update_every=4, updates=2,
            target="copied", copy_every=200, average="off", mirrored="off", learning_rate=5e-4,
            epsilon_start=EPSILON, epsilon_end=EPSILON, replay="on", terminals="marked",
        )  # fmt: skip
        learner = Learner(copy.deepcopy(network.model).train(), config, {})
        while learner.step < STEPS:
            learner.go(config)
        return Rehearsal(learner, config)

    return network.keep(f"rehearsal {n_step}", make)


def settings_of(network: Network) -> tuple[str, int]:
    """The target and the number of rewards that an agent learnt from, or the nearest offered."""
    config = network.model.config
    nearest = min(N_STEPS, key=lambda each: abs(each - config.n_step))
    return TARGETS[config.double == "on"], nearest


def chosen_rehearsal(lab: Lab, name: str, n_step: Any, visitor: str) -> Rehearsal:
    if n_step not in N_STEPS:
        raise Problem("setting.choice", name="n_step", choices=", ".join(map(str, N_STEPS)),
                      value=str(n_step)[:80], nearest=N_STEPS[0])  # fmt: skip
    return rehearse(network_of(lab, name, visitor), int(n_step))


def draw(rehearsal: Rehearsal, kind: str, seed: int, double: bool) -> Batch:
    """Some transitions of a memory, 16 at most.

    kind: "random", as training draws them; "errors", the largest; "ends", where episodes ended.
    """
    learner, memory = rehearsal.learner, rehearsal.learner.replay
    everything = np.arange(len(memory))
    if kind == "random":
        generator = torch.Generator().manual_seed(check_seed(seed))
        places = memory.draw((SHOWN,), generator)
    else:
        _, errors = judge(rehearsal, memory.take(everything, learner.device), double)
        if kind == "errors":
            places = np.argsort(-np.abs(errors))[:SHOWN]
        else:
            whole = memory.take(everything)
            ended = (whole.terminated + whole.truncated).numpy() > 0
            random = np.random.default_rng(check_seed(seed))
            places = random.permutation(everything[ended])[:SHOWN]
    return memory.take(places, learner.device)


@torch.no_grad()
def judge(rehearsal: Rehearsal, batch: Batch, double: bool) -> tuple[np.ndarray, np.ndarray]:
    """The target of each transition, and its error: target − Q(s, a)."""
    learner = rehearsal.learner
    config = replace(rehearsal.config, double="on" if double else "off")
    thought = learner.online(batch.states).gather(1, batch.actions[:, None])[:, 0]
    targets = learner.targets(batch, config)
    return targets.cpu().numpy(), (targets - thought).cpu().numpy()
