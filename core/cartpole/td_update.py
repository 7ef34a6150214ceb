"""One update of deep Q-learning for one transition, with all intermediate values.

The TD target of Q(s, a) is r + γ max Q⁻(s′, ·), where Q⁻ is the target network (Mnih et al. 2015,
"Human-level control through deep reinforcement learning", algorithm 1). In Double DQN the online
network chooses the next action (van Hasselt et al. 2016, equation 4). A terminal s′ has value 0; a
truncated episode still bootstraps from s′.
"""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.cartpole.agent import huber_loss
from core.cartpole.environment import check_state
from core.cartpole.model import QNetwork
from core.checks import check_count, check_number


@dataclass(frozen=True, eq=False)
class TDUpdate:
    """q (2,): Q(s, ·) of the online network. next_q, target_q (2,): Q(s′, ·) of the online and the
    target network. next_action: a′; next_value: Q⁻(s′, a′), 0 where s′ is terminal. td_target:
    r + discount · next_value; td_error: td_target − Q(s, a). loss: `huber_loss`; loss_slope: its
    derivative by Q(s, a) / `return_scale`, within ±1; gradient_norm: by all weights. q_after (2,):
    Q(s, ·) after one step of gradient descent.
    """

    q: np.ndarray
    next_q: np.ndarray
    target_q: np.ndarray
    next_action: int
    next_value: float
    td_target: float
    td_error: float
    loss: float
    loss_slope: float
    gradient_norm: float
    q_after: np.ndarray


def td_update(
    online_network: QNetwork,
    target_network: QNetwork,
    state: Any,
    action: int,
    reward: float,
    next_state: Any,
    terminated: bool,
    discount: float = 0.99,
    double: bool = False,
    learning_rate: float = 1e-3,
) -> TDUpdate:
    """The update from one transition; both networks stay unchanged.

    target_network: `online_network` itself where there is no target network. state, next_state
    (4,). terminated: False too where the training ignores terminal states. discount: γ, or γⁿ for
    an n-step reward. Raises `Problem` ("state.size", "value.*", "setting.*").
    """
    device = next(online_network.parameters()).device
    action = check_count("action", action, 0, 1)
    reward = check_number("reward", reward, -1_000.0, 1_000.0)
    discount = check_number("gamma", discount, 0.0, 1.0)
    rate = check_number("learning_rate", learning_rate, 0.0, 1.0)
    state, next_state = (
        torch.from_numpy(check_state(each).astype(np.float32))[None].to(device)
        for each in (state, next_state)
    )
    with torch.no_grad():
        next_q, target_q = online_network(next_state)[0], target_network(next_state)[0]
    next_action = int((next_q if double else target_q).argmax())
    next_value = 0.0 if terminated else target_q[next_action].item()
    target = reward + discount * next_value
    network = copy.deepcopy(online_network).requires_grad_()
    with torch.enable_grad():
        q = network(state)[0]
        loss = huber_loss(q[action], q.new_tensor(target), network.return_scale)
        gradients = torch.autograd.grad(loss, list(network.parameters()))
    with torch.no_grad():
        for weights, gradient in zip(network.parameters(), gradients, strict=True):
            weights -= rate * gradient
        q_after = network(state)[0]
    before = _numpy(q)
    error = target - float(before[action])
    return TDUpdate(
        q=before,
        next_q=_numpy(next_q),
        target_q=_numpy(target_q),
        next_action=next_action,
        next_value=next_value,
        td_target=target,
        td_error=error,
        loss=loss.item(),
        loss_slope=-float(np.clip(error / network.return_scale, -1, 1)),
        gradient_norm=float(torch.cat([each.flatten() for each in gradients]).norm()),
        q_after=_numpy(q_after),
    )


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().numpy()
