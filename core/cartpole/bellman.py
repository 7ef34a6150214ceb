"""One update of deep Q-learning, worked out with the numbers of one transition.

Q(s, a) is drawn towards r + γ max Q⁻(s′, ·), where Q⁻ is the target network (Mnih et al. 2015,
"Human-level control through deep reinforcement learning", algorithm 1); Double DQN lets the online
network choose the action whose Q⁻ counts (van Hasselt et al. 2016, equation 4). After a terminated
step nothing is to come; after a truncated one the episode would have gone on, so it still is.
"""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.cartpole.learner import huber
from core.cartpole.model import QNetwork
from core.cartpole.world import check_state
from core.checks import check_count, check_number


@dataclass(frozen=True, eq=False)
class Update:
    """q (2,): Q(s, ·) of the online network. next_q, target_q (2,): Q(s′, ·) of the online and of
    the target network. chosen: the next action that counts; future: its Q⁻, 0 where the episode has
    ended. target: r + discount · future. error: target − Q(s, a). loss: Huber's, of that error in
    units of the greatest return; slope: its derivative, never beyond ±1. length: of its gradient by
    all weights. q_after (2,): Q(s, ·) after one step of plain gradient descent.
    """

    q: np.ndarray
    next_q: np.ndarray
    target_q: np.ndarray
    chosen: int
    future: float
    target: float
    error: float
    loss: float
    slope: float
    length: float
    q_after: np.ndarray


def work_out(
    model: QNetwork,
    target_model: QNetwork,
    state: Any,
    action: int,
    reward: float,
    next_state: Any,
    terminated: bool,
    discount: float = 0.99,
    double: bool = False,
    learning_rate: float = 1e-3,
) -> Update:
    """The update that one transition makes; neither network is changed by it.

    target_model: `model` itself where there is no target network. terminated: False as well where
    the training does not mark ends. discount: γ, or γⁿ where the reward is that of n steps. Raises
    `Problem` ("state.size", "value.*", "setting.*").
    """
    device = next(model.parameters()).device
    action = check_count("action", action, 0, 1)
    reward = check_number("reward", reward, -1_000.0, 1_000.0)
    discount = check_number("gamma", discount, 0.0, 1.0)
    rate = check_number("learning_rate", learning_rate, 0.0, 1.0)
    here, there = (
        torch.from_numpy(check_state(each).astype(np.float32))[None].to(device)
        for each in (state, next_state)
    )
    with torch.no_grad():
        next_q, target_q = model(there)[0], target_model(there)[0]
    chosen = int((next_q if double else target_q).argmax())
    future = 0.0 if terminated else target_q[chosen].item()
    target = reward + discount * future
    learner = copy.deepcopy(model).requires_grad_()
    with torch.enable_grad():
        q = learner(here)[0]
        loss = huber(q[action], q.new_tensor(target), learner.unit)
        gradients = torch.autograd.grad(loss, list(learner.parameters()))
    with torch.no_grad():
        for weights, gradient in zip(learner.parameters(), gradients, strict=True):
            weights -= rate * gradient
        q_after = learner(here)[0]
    before = _numpy(q)
    error = target - float(before[action])
    return Update(
        q=before,
        next_q=_numpy(next_q),
        target_q=_numpy(target_q),
        chosen=chosen,
        future=future,
        target=target,
        error=error,
        loss=loss.item(),
        slope=-float(np.clip(error / model.unit, -1, 1)),
        length=float(torch.cat([each.flatten() for each in gradients]).norm()),
        q_after=_numpy(q_after),
    )


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().numpy()
