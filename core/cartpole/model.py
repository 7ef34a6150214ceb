"""The Q-network: a small perceptron, plain or dueling.

Mnih et al. 2015, "Human-level control through deep reinforcement learning"; Wang et al. 2016,
"Dueling network architectures for deep reinforcement learning".

Dimensions: B states in a batch; W units in a hidden layer. A state is (x in m, ẋ in m/s, θ in rad,
θ̇ in rad/s), float32; actions are 0 = push left and 1 = push right.

Differs from the papers in: 1. states are four numbers instead of pictures, each in units of what it
is measured by (`world.SCALES`); 2. what the last layer gives is Q as a share of the greatest return
there can be, 1/(1 − γ), so that numbers and errors stay near one; 3. the last layer begins with
zeros: an untrained network holds both actions for equal, everywhere; 4. the two dueling streams
share all hidden layers.
"""

import torch
from torch import Tensor, nn

from core.cartpole.config import QConfig
from core.cartpole.world import SCALES

STATE, ACTIONS = 4, 2


def build(config: QConfig) -> "QNetwork":
    """The untrained network of a recipe's settings, the same for the same seed.

    Leaves the global random state as it found it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return QNetwork(config)


class QNetwork(nn.Module):
    """What each action is worth: states (..., 4) to Q (..., 2), the discounted return from there.

    dueling: whether the last layer gives A(left), A(right) and V rather than the two Q. unit: the
    return 1/(1 − γ) of an episode without an end, which Q is learnt as a share of.
    """

    scale: Tensor

    def __init__(self, config: QConfig):
        super().__init__()
        self.config = config
        self.dueling = config.dueling == "on"
        self.unit = 1 / (1 - config.gamma)
        self.register_buffer("scale", torch.tensor(1 / SCALES).float(), persistent=False)
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
        """The value V (..., 1) of states (..., 4), and the advantages A (..., 2), of mean zero.

        Taking their mean off makes the two unique: Wang et al. 2016, equation 9. A plain network
        has no V of its own; there it is the mean of Q.
        """
        outputs = self._outputs(states)
        advantages = outputs[..., :ACTIONS]
        mean = advantages.mean(-1, keepdim=True)
        value = outputs[..., ACTIONS:] if self.dueling else mean
        return value, advantages - mean

    def _outputs(self, states: Tensor) -> Tensor:
        return self.layers(states * self.scale) * self.unit
