"""The Q-network: a small perceptron, plain or dueling.

Mnih et al. 2015, "Human-level control through deep reinforcement learning"; Wang et al. 2016,
"Dueling network architectures for deep reinforcement learning".

Dimensions: B states in a batch; W units in a hidden layer. A state is (x in m, ẋ in m/s, θ in rad,
θ̇ in rad/s), float32; actions are 0 = push left and 1 = push right.

Differs from the paper in: 1. states are four numbers, divided by what is usual for each, instead of
pictures; 2. each of the two dueling streams has half of the last hidden layer, so that both kinds
of network have as many weights.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.cartpole.config import DqnConfig

STATE, ACTIONS = 4, 2
USUAL = (2.4, 2.0, 0.21, 2.0)  # the limits of x and θ, and large velocities


def build(config: DqnConfig) -> "QNetwork":
    """The untrained network of a recipe's settings, the same for the same seed.

    Leaves the global random state as it found it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return QNetwork(config)


class QNetwork(nn.Module):
    """What each action is worth: states (B, 4) to Q (B, 2), the discounted return from there on."""

    def __init__(self, config: DqnConfig):
        super().__init__()
        self.config = config
        self.dueling = config.dueling == "on"
        width = config.width
        self.hidden = nn.ModuleList(
            nn.Linear(width if index else STATE, width) for index in range(config.layers)
        )
        if self.dueling:
            self.half = width // 2
            self.value = nn.Linear(self.half, 1)
            self.advantage = nn.Linear(width - self.half, ACTIONS)
        else:
            self.head = nn.Linear(width, ACTIONS)
        self.register_buffer("scale", 1 / torch.tensor(USUAL), persistent=False)

    def forward(self, states: Tensor) -> Tensor:
        if not self.dueling:
            return self.head(self.features(states))
        value, advantages = self.streams(states)
        return value + advantages

    def features(self, states: Tensor) -> Tensor:
        """The last hidden layer (B, W) of states (B, 4)."""
        x = states * self.scale
        for layer in self.hidden:
            x = F.relu_(layer(x))
        return x

    def streams(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """A dueling network's value V (B, 1) and advantages A (B, 2) of states (B, 4).

        The mean of A is taken off, which makes the two unique: Wang et al. 2016, equation 9. Of a
        plain network: the mean of Q, and what is left.
        """
        features = self.features(states)
        if self.dueling:
            value = self.value(features[:, : self.half])
            advantages = self.advantage(features[:, self.half :])
        else:
            advantages = self.head(features)
            value = advantages.mean(1, keepdim=True)
        return value, advantages - advantages.mean(1, keepdim=True)


@dataclass(frozen=True)
class Layers:
    """A network's weights as they were, for looking at one state after another without torch.

    weights: (units out, units in) and (units out,) float32 of each layer.
    """

    weights: tuple[tuple[np.ndarray, np.ndarray], ...]

    def q(self, states: np.ndarray) -> np.ndarray:
        """Q (..., 2) of states (4,) or (B, 4), float32, as the network itself gives them."""
        x = states
        *hidden, (weight, bias) = self.weights
        for inner, shift in hidden:
            x = np.maximum(x @ inner.T + shift, 0)
        return x @ weight.T + bias


@torch.no_grad()
def layers(model: QNetwork) -> Layers:
    """The weights of a network, copied; scale and dueling streams are worked into them."""
    pairs = [(layer.weight, layer.bias) for layer in model.hidden]
    pairs[0] = (pairs[0][0] * model.scale, pairs[0][1])
    if model.dueling:
        # A linear layer each from its half of the features, written as one from all of them.
        centre = torch.eye(ACTIONS) - 1 / ACTIONS  # takes the mean off
        centre = centre.to(model.scale.device)
        value = model.value.weight.expand(ACTIONS, -1)
        weight = torch.cat([value, centre @ model.advantage.weight], 1)
        pairs.append((weight, model.value.bias + centre @ model.advantage.bias))
    else:
        pairs.append((model.head.weight, model.head.bias))
    return Layers(tuple((w.cpu().numpy().copy(), b.cpu().numpy().copy()) for w, b in pairs))
