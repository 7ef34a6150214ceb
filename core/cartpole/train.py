"""Deep Q-learning with a replay buffer and a target network.

Mnih et al. 2015, algorithm 1; Double: van Hasselt et al. 2016; dueling: Wang et al. 2016; several
steps: Hessel et al. 2018. Differs from the papers in: 1. Adam instead of RMSProp, and a learning
rate that falls to zero; 2. the target network may be an EMA (Lillicrap et al. 2016); 3. the targets
of all batches of a round are computed before its first update; 4. the Huber loss takes errors
divided by the greatest return, see `agent.huber_loss`.
"""

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from core.cartpole.agent import DQNAgent
from core.cartpole.config import QConfig
from core.cartpole.model import QNetwork
from core.errors import Problem
from core.progress import Progress, Training

SECONDS = 0.3  # between two events
LOOK_SHARE = 0.1  # of the time at most goes into previews


@dataclass(frozen=True)
class Gym:
    """The data of an agent: none, it makes its own in Gymnasium's environment."""

    source: str = "CartPole-v1"


def train(
    model: QNetwork, data: Any, config: QConfig, state: dict[str, Any] | None = None
) -> Training:
    """Let an agent play `config.steps` steps and learn; yield `Progress` events.

    A step is one of the environment. state: as for the other recipes; a filled one is continued
    from exactly. Sending settings changes them from the next step on; the network, the length of
    the run, the memory and the kind of target stay.

    metrics: "return", mean of the last 20 episodes; "episodes", finished so far; "epsilon"; "loss"
    and "max_q", means over the batches since the last event; "obtained", mean discounted return
    that followed the states of the last 20 episodes, to hold "max_q" against; "learning_rate".

    preview, in some of the events: "returns" and "ends" (E,), of all finished episodes, and the
    steps at which they ended; "run" (T + 1, 4), an episode of the agent as it is now; "map"
    (25, 25) float32, Q(right) − Q(left) over the angles and spins of `policy_map`; and 16
    transitions of a batch: "states", "next_states" (16, 4), "actions", "rewards", "discounts",
    "terminated", "truncated", "targets", "errors" (16,).

    Raises `Problem` ("training.diverged") when a number is no longer finite, with the model as it
    was at the last event.
    """
    state = {} if state is None else state
    # As for the games: numbers below 1e-38 are multiplied several times more slowly than zero.
    torch.set_flush_denormal(True)
    agent = DQNAgent(model, config, state)
    good = _snapshot(model)
    last_event = next_look = -math.inf
    while agent.step < agent.total:
        agent.advance(config)
        over = agent.step == agent.total
        if not over and (not agent.update_count or time.monotonic() - last_event < SECONDS):
            continue
        metrics = agent.metrics(config)
        if not all(map(math.isfinite, metrics.values())) or not _finite(model):
            model.load_state_dict(good)
            raise Problem("training.diverged", step=agent.step)
        for name, tensor in model.state_dict().items():
            good[name].copy_(tensor)
        start, preview = time.monotonic(), None
        if over or start >= next_look:
            preview = agent.preview(config)
            next_look = time.monotonic() + (time.monotonic() - start) / LOOK_SHARE
        state |= agent.state()
        command = yield Progress(agent.step, agent.total, metrics, preview)
        if command:
            config = replace(config, **command)
        last_event = time.monotonic()


def _snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _finite(model: nn.Module) -> bool:
    return all(math.isfinite(float(tensor.sum())) for tensor in model.state_dict().values())
