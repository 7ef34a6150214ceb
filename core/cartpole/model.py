"""The Q-network: a small perceptron, plain or dueling.

Mnih et al. 2015, "Human-level control through deep reinforcement learning"; Wang et al. 2016,
"Dueling network architectures for deep reinforcement learning".

A state is (x m, ẋ m/s, θ rad, θ̇ rad/s), float32; actions are 0 = push left and 1 = push right.

Differs from the papers in: 1. a state is four numbers instead of images, divided by
`environment.STATE_SCALES`; 2. the last layer gives Q divided by the greatest return 1/(1 − γ), so
that outputs and errors are of order one; 3. the last layer is initialised with zeros, so that an
untrained network gives both actions the same Q; 4. the two dueling streams share all hidden
layers.
"""

import torch
from torch import Tensor, nn

from core.cartpole.config import QConfig
from core.cartpole.environment import STATE_SCALES
from core.nn.reproducible import seeded

STATE, ACTIONS = 4, 2


def build(config: QConfig) -> "QNetwork":
    """The untrained network of a config; the same seed gives the same weights.

    Restores the global random state.
    """
    with seeded(config.seed):
        return QNetwork(config)


class QNetwork(nn.Module):
    """Action values: states (..., 4) to Q (..., 2), expected discounted returns.

    dueling: the last layer gives A(left), A(right) and V instead of Q. return_scale: 1/(1 − γ),
    the return of an endless episode, by which the outputs of the last layer are multiplied.
    """

    scale: Tensor

    def __init__(self, config: QConfig):
        super().__init__()
        self.config = config
        self.dueling = config.dueling == "on"
        self.return_scale = 1 / (1 - config.gamma)
        self.register_buffer("scale", torch.tensor(1 / STATE_SCALES).float(), persistent=False)
        layers: list[nn.Module] = []
        for index in range(config.layers):
            layers += [nn.Linear(config.width if index else STATE, config.width), nn.ReLU()]
        last = nn.Linear(config.width, ACTIONS + self.dueling)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        with torch.no_grad():
            last.bias[ACTIONS if self.dueling else slice(None)] = config.optimism
        self.layers = nn.Sequential(*layers, last)

    def forward(self, states: Tensor) -> Tensor:
        if not self.dueling:
            return self._outputs(states)
        value, advantages = self.streams(states)
        return value + advantages

    def streams(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """The state value V (..., 1) and the advantages A (..., 2) of states (..., 4).

        A has mean zero, which makes V and A unique (Wang et al. 2016, equation 9). A plain network
        has no separate V; here it is the mean of Q.
        """
        outputs = self._outputs(states)
        advantages = outputs[..., :ACTIONS]
        mean = advantages.mean(-1, keepdim=True)
        value = outputs[..., ACTIONS:] if self.dueling else mean
        return value, advantages - mean

    def _outputs(self, states: Tensor) -> Tensor:
        return self.layers(states * self.scale) * self.return_scale
